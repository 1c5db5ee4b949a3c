"""The functions and operators that a statement may use: what each takes, what it gives, and how that is checked."""

from math import inf
from typing import NamedTuple

# A line has four columns, and the functions or operators for which they hold:
# - the kind of the result; `same`: of the first argument; `+`: never negative
# - the arguments: `any`, a `value` (no vector), a `vector`, or a literal that `calls` describes; `?` may be left out,
#   `*` may be repeated
# - the rule for the result, or the kind of function, see `calls`
# - how the result runs along a distance, by a rule of `trends`; `self`: the one of the function's own name; `-`: it is
#   not followed
_FUNCTIONS = """
number+   any                               aggregate  rank   count
same      any                               aggregate  self   sum
same      any                               aggregate  keeps  avg min max
number+   any                               aggregate  free   stddev stddev_pop stddev_samp variance var_pop var_samp
number    any,any                           aggregate  free   corr
boolean   any                               aggregate  -      bool_and bool_or every
other     -                                 ordered    -      mode
other     value                             ordered    -      percentile_cont percentile_disc
array     value                             collect    keeps  array_agg
text      value,value                       collect    -      string_agg
number+   -                                 window     rank   row_number rank dense_rank percent_rank cume_dist
number+   any                               window     rank   ntile
same      any,any?,any?                     window     keeps  lag lead
same      any                               window     keeps  first_value last_value
same      any,any                           window     keeps  nth_value
same      value                             -          -      lower upper initcap
number+   value                             -          -      length char_length character_length octet_length
text      value,value?                      -          -      btrim ltrim rtrim
text      value,value                       -          -      left right like_escape
text      value,value,value?                -          -      substr
text      value,value,value?                substring  -      substring
number+   value,value                       -          -      position strpos
text      value,value,value                 -          -      split_part translate
boolean   value,value                       -          -      starts_with
text      value                             -          -      reverse
text      value,value,value                 replace    -      replace
text      value,value*                      sum        -      concat
text      separator,value,value*            sum        -      concat_ws
text      template,value*                   sum        -      format
boolean   value,pattern                     -          -      regexp_like
number+   value,pattern                     -          -      regexp_count
text[]    value,pattern                     -          -      regexp_match
text      value,pattern,replacement,flags?  rewrite    -      regexp_replace
text      value,format                      -          -      to_char
same      value                             -          self   abs
same      value                             -          self   ceil ceiling floor
same      value,digits?                     -          self   round trunc
number    value                             -          self   sign sqrt cbrt ln log log10
number    value                             power      self   exp
number    value,exponent                    power      self   power pow
number    value,value                       -          self   div
number    value,value                       -          -      mod
number+   -                                 -          -      random
number    value,value,value?,value?         -          -      width_bucket
number+   value                             -          -      array_ndims cardinality
number+   value,value                       -          -      array_length
number    value,value                       -          -      array_position
array     value,value                       -          -      array_positions
same      value,value                       -          -      array_remove
same      value,value                       sum        -      array_append array_cat
array     value,value                       sum        -      array_prepend
text      value,separator,separator?        joined     -      array_to_string
text[]    value,value                       -          -      string_to_array
element   value                             unnest     keeps  unnest
number    value,value                       -          -      extract date_part
date      value,value                       -          -      date_trunc
date      -                                 -          -      now
tsvector  configuration?,value              -          -      to_tsvector
tsquery   configuration?,value              -          -      to_tsquery plainto_tsquery phraseto_tsquery
tsquery   configuration?,value              -          -      websearch_to_tsquery
text      configuration?,value,value        -          -      ts_headline
number+   value,value,value?                -          -      ts_rank ts_rank_cd
tsvector  value,value                       -          -      setweight
number+   value,value                       -          -      similarity word_similarity strict_word_similarity
number+   any,any                           distance   near   l2_distance cosine_distance l1_distance
number    any,any                           distance   far    inner_product
number+   value,value                       bits       near   hamming_distance jaccard_distance
number+   vector                            -          -      vector_dims vector_norm l2_norm
same      vector                            -          -      l2_normalize
same      vector,value,value                subvector  -      subvector
bit       vector                            quantize   -      binary_quantize
"""

_OPERATORS = """
number+   any,any        distance    near     <-> <+>
number+   any,any        distance    cosine   <=>
number    any,any        distance    near     <#>
number+   any,any        bits        near     <~> <%>
boolean   any,any        comparison  self     = <> < > <= >=
boolean   value,value    -           -        ~~ ~~* !~~ !~~*
boolean   value,pattern  -           -        ~ ~* !~ !~*
number    any,any        arithmetic  self     + - * / % ^
boolean   value,value    sets        -        || && @> <@
boolean   value,value    search      -        @@
"""

AGGREGATES = frozenset({"aggregate", "ordered", "collect"})
"""The rules of functions that aggregate rows."""
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
LIKES = frozenset({"~~", "~~*", "!~~", "!~~*"})
"""LIKE and ILIKE as the grammar spells them."""
_MOST_REPEATED = 20


class Signature(NamedTuple):
    """A line of the table; `low` is the least that it gives, `counts` are the numbers of arguments that it takes."""

    kind: str
    arguments: tuple[str, ...]
    rule: str
    trend: str
    low: float
    counts: range


def _signatures(table: str) -> dict[str, Signature]:
    signatures = {}
    for line in table.strip().splitlines():
        kind, arguments, rule, trend, *names = line.split()
        kinds = () if arguments == "-" else tuple(arguments.split(","))
        low = 0.0 if kind.endswith("+") else -inf
        least = sum(argument[-1] not in "?*" for argument in kinds)
        counts = range(least, 1 + (_MOST_REPEATED if arguments.endswith("*") else len(kinds)))
        signature = Signature(kind.removesuffix("+"), kinds, rule, trend.strip("-"), low, counts)
        signatures.update(dict.fromkeys(names, signature))
    return signatures


FUNCTIONS = _signatures(_FUNCTIONS)
OPERATORS = _signatures(_OPERATORS)

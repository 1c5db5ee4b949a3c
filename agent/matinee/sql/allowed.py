"""The lists: which parts of PostgreSQL's grammar, functions, operators and types a statement may use.

What is not here is refused. A function's line reads: name, kind of its result, least and most arguments, rule.
"""

from typing import NamedTuple

# Node types and their fields, by PostgreSQL's names. A field that is not here (INTO, FOR UPDATE, USING an operator,
# TABLESAMPLE, RECURSIVE, named arguments, VARIADIC, ...) refuses the statement.
NODES: dict[str, frozenset[str]] = {
    name: frozenset(fields.split()) | {"location"}
    for name, fields in {
        "SelectStmt": "distinctClause targetList fromClause whereClause groupClause groupDistinct havingClause"
        " windowClause valuesLists sortClause limitOffset limitCount limitOption withClause op all larg rarg",
        "ResTarget": "name val",
        "WithClause": "ctes",
        "CommonTableExpr": "ctename aliascolnames ctematerialized ctequery",
        "RangeVar": "schemaname relname inh relpersistence alias",
        "RangeSubselect": "lateral subquery alias",
        "RangeFunction": "lateral ordinality functions alias",
        "JoinExpr": "jointype larg rarg usingClause quals",
        "Alias": "aliasname colnames",
        "SortBy": "node sortby_dir sortby_nulls",
        "WindowDef": "name refname partitionClause orderClause frameOptions startOffset endOffset",
        "ColumnRef": "fields",
        "ParamRef": "number",
        "A_Const": "ival fval boolval sval bsval isnull",
        "A_Expr": "kind name lexpr rexpr rexpr_list_start rexpr_list_end",
        "BoolExpr": "boolop args",
        "NullTest": "arg nulltesttype",
        "BooleanTest": "arg booltesttype",
        "CaseExpr": "arg args defresult",
        "CaseWhen": "expr result",
        "CoalesceExpr": "args",
        "MinMaxExpr": "op args",
        "RowExpr": "args row_format",
        "SubLink": "subLinkType testexpr operName subselect",
        "FuncCall": "funcname args agg_order agg_filter over agg_within_group agg_star agg_distinct funcformat",
        "TypeCast": "arg typeName",
        "TypeName": "names typmods typemod arrayBounds",
        "A_ArrayExpr": "elements list_start list_end",
        "A_Indirection": "arg indirection",
        "A_Indices": "is_slice lidx uidx",
        "SQLValueFunction": "op typmod",
    }.items()
}


class Function(NamedTuple):
    """`kind` of the result (`same`: of the first argument), number of arguments, and a rule for them."""

    kind: str
    least: int
    most: int
    rule: str


_FUNCTIONS = """
count number 0 1 aggregate
sum same 1 1 aggregate
avg same 1 1 aggregate
min same 1 1 aggregate
max same 1 1 aggregate
stddev number 1 1 aggregate
stddev_pop number 1 1 aggregate
stddev_samp number 1 1 aggregate
variance number 1 1 aggregate
var_pop number 1 1 aggregate
var_samp number 1 1 aggregate
corr number 2 2 aggregate
bool_and boolean 1 1 aggregate
bool_or boolean 1 1 aggregate
every boolean 1 1 aggregate
mode other 0 0 ordered
percentile_cont other 1 1 ordered
percentile_disc other 1 1 ordered
array_agg array 1 1 collect
string_agg text 2 2 collect
row_number number 0 0 window
rank number 0 0 window
dense_rank number 0 0 window
percent_rank number 0 0 window
cume_dist number 0 0 window
ntile number 1 1 window
lag same 1 3 window
lead same 1 3 window
first_value same 1 1 window
last_value same 1 1 window
nth_value same 2 2 window
lower same 1 1 -
upper same 1 1 -
initcap same 1 1 -
length number 1 1 -
char_length number 1 1 -
character_length number 1 1 -
octet_length number 1 1 -
btrim text 1 2 -
ltrim text 1 2 -
rtrim text 1 2 -
left text 2 2 -
right text 2 2 -
substr text 2 3 -
substring text 2 3 substring
position number 2 2 -
strpos number 2 2 -
split_part text 3 3 -
starts_with boolean 2 2 -
reverse text 1 1 -
translate text 3 3 -
replace text 3 3 replace
concat text 1 20 sum
concat_ws text 2 20 sum
format text 1 20 format
like_escape text 2 2 -
regexp_like boolean 2 2 pattern
regexp_count number 2 2 pattern
regexp_match text[] 2 2 pattern
regexp_replace text 3 4 rewrite
to_char text 2 2 short
abs same 1 1 -
ceil number 1 1 -
ceiling number 1 1 -
floor number 1 1 -
round same 1 2 digits
trunc same 1 2 digits
sign number 1 1 -
mod number 2 2 -
div number 2 2 -
sqrt number 1 1 -
cbrt number 1 1 -
ln number 1 1 -
log number 1 1 -
log10 number 1 1 -
exp number 1 1 power
power number 2 2 power
pow number 2 2 power
random number 0 0 -
width_bucket number 2 4 -
nullif same 2 2 -
array_length number 2 2 -
array_ndims number 1 1 -
cardinality number 1 1 -
array_position number 2 2 -
array_positions array 2 2 -
array_remove same 2 2 -
array_append same 2 2 sum
array_prepend array 2 2 sum
array_cat same 2 2 sum
array_to_string text 2 3 joined
string_to_array text[] 2 2 -
unnest element 1 1 unnest
extract number 2 2 -
date_part number 2 2 -
date_trunc date 2 2 -
now date 0 0 -
to_tsvector tsvector 1 2 search
to_tsquery tsquery 1 2 search
plainto_tsquery tsquery 1 2 search
phraseto_tsquery tsquery 1 2 search
websearch_to_tsquery tsquery 1 2 search
ts_rank number 2 3 -
ts_rank_cd number 2 3 -
ts_headline text 2 3 search
setweight tsvector 2 2 -
similarity number 2 2 -
word_similarity number 2 2 -
strict_word_similarity number 2 2 -
l2_distance number 2 2 distance
cosine_distance number 2 2 distance
l1_distance number 2 2 distance
inner_product number 2 2 product
hamming_distance number 2 2 bits
jaccard_distance number 2 2 bits
vector_dims number 1 1 vector
vector_norm number 1 1 vector
l2_norm number 1 1 vector
l2_normalize same 1 1 vector
subvector same 3 3 subvector
binary_quantize bit 1 1 quantize
"""

FUNCTIONS: dict[str, Function] = {
    name: Function(kind, int(least), int(most), "" if rule == "-" else rule)
    for name, kind, least, most, rule in (line.split() for line in _FUNCTIONS.strip().splitlines())
}

# What the grammar itself puts behind special syntax: EXTRACT(... FROM ...), TRIM(...), LIKE ... ESCAPE.
SYNTAX_FUNCTIONS = frozenset({"extract", "substring", "btrim", "ltrim", "rtrim", "position", "like_escape"})

COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})
PATTERNS = frozenset({"~", "~*", "!~", "!~*"})
SETS = frozenset({"@>", "<@", "&&"})
DISTANCES = frozenset({"<->", "<=>", "<#>", "<+>"})
BIT_DISTANCES = frozenset({"<~>", "<%>"})
OPERATORS = COMPARISONS | ARITHMETIC | PATTERNS | SETS | DISTANCES | BIT_DISTANCES | {"||", "@@"}

# Types by the name that the tree gives them; the second word is the largest modifier, `-` for none.
_TYPES = """
int2 number -
int4 number -
int8 number -
smallint number -
integer number -
bigint number -
float4 number -
float8 number -
numeric number 30
bool boolean -
boolean boolean -
text text -
varchar text 2000
date date -
vector vector 16000
halfvec halfvec 16000
sparsevec sparsevec 100000
bit bit 16000
"""
TYPES: dict[str, tuple[str, int | None]] = {
    name: (kind, None if most == "-" else int(most))
    for name, kind, most in (line.split() for line in _TYPES.strip().splitlines())
}
TYPE_ALIASES = {"int": "int4", "real": "float4", "decimal": "numeric", "float": "float8", "double": "float8"}
# The grammar spells these with `pg_catalog.` of its own accord.
BUILT_IN_TYPES = frozenset({"int2", "int4", "int8", "float4", "float8", "numeric", "bool", "varchar", "bit"})

VALUE_FUNCTIONS = frozenset({"SVFOP_CURRENT_DATE", "SVFOP_CURRENT_TIMESTAMP", "SVFOP_LOCALTIMESTAMP"})
SYSTEM_COLUMNS = frozenset({"ctid", "tableoid", "xmin", "xmax", "cmin", "cmax", "oid"})
SEARCH_CONFIGURATIONS = frozenset({"english", "simple"})

MAX_DEPTH = 40
MAX_FROM = 6
MAX_RELATIONS = 16
MAX_ARMS = 10
MAX_TARGETS = 60
MAX_LIST = 200
MAX_VECTOR_ELEMENTS = 2_000
MAX_PARAMETERS = 20
MAX_LIMIT = 200
MAX_INNER_LIMIT = 1_000
MAX_OFFSET = 10_000
MAX_CROSS = 50
MAX_PATTERN = 100
MAX_NUMBER = 40
MAX_WEIGHT = 256
COLLECTED_WEIGHT = 4
PINNED_ROWS = 10

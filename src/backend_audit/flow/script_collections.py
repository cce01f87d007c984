"""Functions of libraries that call one for each element of a collection (lodash, async, Bluebird).

https://lodash.com/docs, https://caolan.github.io/async/v3/docs.html, http://bluebirdjs.com/docs/api-reference.html
"""

from backend_audit.flow import builtin, script_builtin
from backend_audit.flow.values import Value, container

# The method of arrays that each of them is like, by API path; the collection comes first, the function second.
_LIKE = {
    "forEach": "lodash.forEach lodash.each lodash.forEachRight lodash.eachRight lodash.forOwn lodash.forIn lodash.forOwnRight "
    "lodash.forInRight async.each async.forEach async.eachSeries async.forEachSeries async.eachOf async.eachOfSeries "
    "bluebird.each bluebird.mapSeries p-each-series",
    "map": "Array.from lodash.map lodash.mapValues async.map async.mapSeries async.mapValues bluebird.map p-map p-map-series",
    "flatMap": "lodash.flatMap lodash.flatMapDeep async.concat",
    "filter": "lodash.filter lodash.reject lodash.pickBy lodash.omitBy lodash.takeWhile lodash.dropWhile lodash.remove "
    "async.filter bluebird.filter p-filter",
    "find": "lodash.find lodash.findLast async.detect",
    "some": "lodash.some lodash.every lodash.findIndex lodash.findKey lodash.sumBy lodash.countBy async.some async.every",
    "sort": "lodash.sortBy lodash.orderBy lodash.uniqBy",
}
METHODS = {path: method for method, paths in _LIKE.items() for path in paths.split()}
LIMITED = frozenset(("async.eachLimit", "async.forEachLimit", "async.mapLimit", "async.eachOfLimit", "async.filterLimit"))
REDUCERS = frozenset(("lodash.reduce", "lodash.reduceRight", "lodash.transform", "async.reduce", "bluebird.reduce", "p-reduce"))


def named(collection: Value) -> Value:
    """A collection of which nothing is known may be an object, whose names the function gets as well."""
    if collection.kind or not collection.origins:
        return collection
    return container("dict", None, collection.derived()).with_origins(collection.origins)


def element(collection: Value) -> Value:
    """What a function gets of a collection: of a parameter, the same part of what callers give."""
    given = bool(collection.origins) and all(one.label == "param" for one in collection.origins)
    if given and not (collection.kind or collection.shapes):
        return builtin.iterated(collection)
    return script_builtin.values(collection)

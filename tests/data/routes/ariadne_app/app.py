from ariadne import MutationType, ObjectType, QueryType, graphql_sync, make_executable_schema
from flask import Flask, jsonify, request

app = Flask(__name__)
query = QueryType()
mutation = ObjectType("Mutation")
user = ObjectType("User")


def signed_in(resolver):
    def wrapper(obj, info, **data):
        if info.context.get("user") is None:
            raise PermissionError("log in")
        return resolver(obj, info, **data)

    return wrapper


@query.field("books")
def resolve_books(_, info):
    return all_books()


@query.field("ownBooks")
@signed_in
def resolve_own_books(_, info):
    return own_books(info)


@user.field("mail")
def resolve_mail(obj, info):
    return obj.mail


@mutation.field("addBook")
def resolve_add_book(_, info, title):
    if not info.context["user"]:
        raise ValueError("log in")
    return store(title)


def resolve_drop(_, info, title):
    return drop(title)


mutation.set_field("dropBook", resolve_drop)
schema = make_executable_schema(TYPES, query, mutation, user)


@app.route("/api/graphql", methods=["POST"])
def serve():
    ok, answer = graphql_sync(schema, request.get_json(), context_value={"user": who(request)})
    return jsonify(answer), 200 if ok else 400

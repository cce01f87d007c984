"""Resolvers that calls register: ariadne, strawberry."""

import os
import strawberry
from ariadne import MutationType, ObjectType, QueryType, make_executable_schema

query = QueryType()
mutation = MutationType()
user = ObjectType("User")

def resolve_run(obj, info, cmd):
    os.system(cmd)  # $ alert

def resolve_mut(_, info, cmd):
    os.system(cmd)  # $ alert

query.set_field("run", resolve_run)
mutation.set_field("mut", resolve_mut)

@query.field("other")
def resolve_other(_, info, cmd=None):
    os.system(cmd)  # $ alert

def get_books(title: str) -> str:
    os.system(title)  # $ alert
    return title

@strawberry.type
class Query:
    books: str = strawberry.field(resolver=get_books)

    @strawberry.field
    def author(self, name: str) -> str:
        os.system(name)  # $ alert
        return name

@strawberry.type
class Mutation:
    @strawberry.mutation
    def add(self, name: str, n: int) -> str:
        os.system(name)  # $ alert
        return name

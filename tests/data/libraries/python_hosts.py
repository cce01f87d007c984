import cairosvg
import grpc
import ldap
import mistune
import openai
import psycopg2
import pymongo
import pysolr
import redis
import sqlalchemy
from flask import Flask, request

app = Flask(__name__)


@app.get("/hosts")
def hosts():
    host = request.args["host"]
    redis.Redis.from_url(host)  # $ server-side-request-forgery
    redis.Redis(host=host)  # $ server-side-request-forgery
    redis.Redis(host="cache", client_name=host)
    pymongo.MongoClient(host)  # $ server-side-request-forgery
    pymongo.MongoClient("mongodb://db", appname=host)
    psycopg2.connect(host=host)  # $ server-side-request-forgery
    psycopg2.connect(host="db", application_name=host)
    sqlalchemy.create_engine(host)  # $ server-side-request-forgery
    ldap.initialize(host)  # $ server-side-request-forgery
    grpc.insecure_channel(host)  # $ server-side-request-forgery
    pysolr.Solr(host)  # $ server-side-request-forgery
    pysolr.Solr("http://solr/core").search(host)
    cairosvg.svg2png(url=host)  # $ server-side-request-forgery
    openai.OpenAI(base_url=host)  # $ server-side-request-forgery
    openai.OpenAI(organization=host)
    return ""


@app.get("/markup")
def markup():
    return mistune.html(request.args["text"])  # $ cross-site-scripting


@app.get("/escaped")
def escaped():
    return mistune.create_markdown(escape=True)("**text**")

import ibm_db
import polars as pl
import pyarrow.parquet as pq
from flask import Flask, request

app = Flask(__name__)
BASE = "/srv/"


@app.get("/tables")
def tables():
    name = request.args["name"]
    pl.read_csv(BASE + name)  # $ path-traversal
    pl.read_csv("orders.csv", columns=[name])
    pq.read_table(BASE + name)  # $ path-traversal
    pq.read_table("orders.parquet", columns=[name])
    ibm_db.exec_immediate(None, "SELECT " + name)  # $ sql-built-from-strings
    ibm_db.exec_immediate(None, "SELECT 1")
    return ""

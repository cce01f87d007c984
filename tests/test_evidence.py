"""Evidence both ways: what shows that a backend does something, and what only looks like it."""

from pathlib import Path

import pytest

from backend_audit.audit import scan
from backend_audit.cli.scorecard import assessed
from backend_audit.config import load
from backend_audit.finding import Mode

FASTAPI = "from fastapi import APIRouter, FastAPI\napp = FastAPI()\n"
EXPRESS = "const express = require('express')\nconst app = express()\n"
MODELS = "from sqlalchemy import create_engine, select\ncreate_engine('sqlite://')\nclass Order(Base):\n    tenant_id: int = 0\n"
FASTIFY = (
    "import fastify from 'fastify'\nimport swagger from '@fastify/swagger'\n"
    "const app = fastify()\nawait app.register(swagger)\n"
    "app.get('/b', { schema: { response: { 200: {} } } }, async () => ({}))\n"
)
SESSION = "const jwt = require('jsonwebtoken')\njwt.sign({}, key, { expiresIn: '1h' })\njwt.verify(sent, key)\n"
TOKENS = "from rest_framework.authentication import SessionAuthentication, TokenAuthentication\n"
NEDB = "const Datastore = require('nedb')\nconst db = new Datastore()\n"
OWNED = "new (require('mongoose').Schema)({ tenantId: String })\n"
DRIZZLE = "const { drizzle } = require('drizzle-orm/node-postgres')\nconst db = drizzle(pool)\n"
MONGO = "const mongoose = require('mongoose')\n"
DRAMATIQ = "import dramatiq\nimport httpx\nhttpx.get('https://a.example', timeout=3)\n"
CALLS = "import httpx\nhttpx.get('https://a.example', timeout=3)\n"
REDIS = "import sqlite3\nsqlite3.connect('a.db')\n"

PASSWORD = (
    "const { z } = require('zod')\nconst passwordSchema = z.string().min(8)\n"
    "app.post('/join/:token', async (req, res) => {\n  const { password%s } = req.body\n"
    "  if (!passwordSchema.safeParse(password).success) return res.redirect('/join')\n"
    "  await register(new Member(), password%s)\n  res.end()\n})"
)

SHOWN = {
    "health and metrics of express-actuator": ("must-09", "a.js", "app.use(require('express-actuator')())", "partial"),
    "metrics of express-actuator": ("elite-metrics", "a.js", "app.use(require('express-actuator')())", "partial"),
    "values that are kept under a name": (
        "must-06",
        "a.js",
        "const _cachedPrices = new Map()\nconst price = (id) => _cachedPrices.get(id)",
        "partial",
    ),
    "columns named in SQL": ("elite-lazy-loading", "a.js", "db.all('SELECT id, name FROM orders WHERE id = ?', [1])", "met"),
    "all columns in SQL": ("elite-lazy-loading", "a.js", "db.all('SELECT * FROM orders WHERE id = ?', [1])", "missing"),
    "jobs of a table of its own": ("advanced-cron", "a.py", "CRONJOBS = ((5, clean),)", "missing"),
    "tokens that are revoked": (
        "elite-key-rotation",
        "a.js",
        SESSION + "module.exports = { Mutation: { revokePersonalAccessToken: async (_, { id }) => drop(id) } }",
        "met",
    ),
    "subscriptions of GraphQL": ("elite-websockets", "a.js", "app.register(mercurius, { schema, subscription: true })", "met"),
    "a schema without subscriptions": ("elite-websockets", "a.js", "app.register(mercurius, { schema })", "missing"),
    "a provider's notice that is verified": (
        "advanced-payment",
        "a.js",
        (
            "const { Paddle } = require('@paddle/paddle-node-sdk')\nconst paddle = new Paddle(key)\n"
            "app.post('/paid', (req) => paddle.webhooks.unmarshal(req.body, secret, req.get('signature')))"
        ),
        "partial",
    ),
    "messages by Customer.io": (
        "advanced-messages",
        "a.js",
        "const { APIClient } = require('customerio-node')\nnew APIClient(key).sendEmail(mail)",
        "met",
    ),
    "a content network of a program for infrastructure": (
        "elite-cdn",
        "a.js",
        "new Application('api', { enableCdn: true })",
        "met",
    ),
    "replicas of a program for infrastructure": (
        "elite-load-balancing",
        "a.js",
        "app.get('/health', ok)\nnew Application('api', { minReplicas: 3, readinessProbe })",
        "met",
    ),
    # a description that one application of several leaves out
    "one of two descriptions": ("must-01", "a.py", "inner = FastAPI(openapi_url=None)\napp.mount('/admin', inner)", "met"),
    "no description at all": ("must-01", "b.py", "from fastapi import FastAPI\napp = FastAPI(openapi_url=None)", "partial"),
    "a description that settings switch": (
        "must-01",
        "b.py",
        "from fastapi import FastAPI\napp = FastAPI(openapi_url='/openapi.json' if DEBUG else None)",
        "met",
    ),
    "a framework's description": (
        "must-01",
        "b.py",
        "from ninja import NinjaAPI\nfrom django.core.wsgi import get_wsgi_application\napi = NinjaAPI()\nget_wsgi_application()",
        "met",
    ),
    "routes that a description leaves out": (
        "must-01",
        "a.py",
        "pages = APIRouter(include_in_schema=False)\n@pages.get('/a')\ndef a():\n    return {'a': 1}\napp.include_router(pages)",
        "met",
    ),
    "a router that is included without description": (
        "must-01",
        "a.py",
        "pages = APIRouter()\n@pages.get('/a')\ndef a():\n    return {}\napp.include_router(pages, include_in_schema=False)",
        "met",
    ),
    "routes that say nothing of their answers": (
        "must-01",
        "a.py",
        "pages = APIRouter()\n@pages.get('/a')\ndef a():\n    return {'a': 1}\napp.include_router(pages)",
        "partial",
    ),
    "pages are no data": (
        "must-01",
        "a.py",
        "@app.get('/a')\ndef a(request):\n    return templates.TemplateResponse(request, 'a.html')",
        "met",
    ),
    "a description that routes": ("must-01", "a.js", "require('swagger-tools').initializeMiddleware({}, run)", "met"),
    # caches
    "settings that are read once": (
        "must-06",
        "a.py",
        "from functools import lru_cache\n@lru_cache\ndef settings():\n    return Settings()",
        "missing",
    ),
    "settings that are read once, with a size": (
        "must-06",
        "a.py",
        "import functools\n@functools.lru_cache(maxsize=1)\ndef settings():\n    return Settings()",
        "missing",
    ),
    "what is looked up": (
        "must-06",
        "a.py",
        "from functools import lru_cache\n@lru_cache(maxsize=128)\ndef price(product):\n    return ask(product)",
        "partial",
    ),
    # tenants
    "a tenant's rows": (
        "advanced-multi-tenancy",
        "b.py",
        f"{MODELS}def orders(tenant):\n    return select(Order).where((Order.tenant_id == tenant) & (Order.paid == True))",
        "met",
    ),
    "everybody's rows": (
        "advanced-multi-tenancy",
        "b.py",
        f"{MODELS}def orders(tenant):\n    return select(Order).where(Order.paid == True)",
        "partial",
    ),
    "a tenant that is only compared": (
        "advanced-multi-tenancy",
        "b.py",
        f"{MODELS}def mine(order, tenant):\n    return check(order.tenant_id == tenant)",
        "partial",
    ),
    "a tenant's rows by text": (
        "advanced-multi-tenancy",
        "a.js",
        f"{OWNED}const found = knex('orders').where('orders.tenant_id', id)",
        "met",
    ),
    "a tenant's rows by a condition in words": (
        "advanced-multi-tenancy",
        "a.js",
        f"{OWNED}const found = query.andWhere('order.tenantId = :id', {{ id }})",
        "met",
    ),
    "a tenant's rows by a function": (
        "advanced-multi-tenancy",
        "a.js",
        f"{OWNED}const found = db.select().from(orders).where(eq(orders.tenantId, id))",
        "met",
    ),
    "other rows by a function": (
        "advanced-multi-tenancy",
        "a.js",
        f"{OWNED}const found = db.select().from(orders).where(eq(orders.userId, id))",
        "partial",
    ),
    "a tenant's rows in SQL": (
        "advanced-multi-tenancy",
        "a.js",
        "new (require('mongoose').Schema)({ tenantId: String })\npool.query('SELECT id FROM orders o WHERE o.tenant_id = 1')",
        "met",
    ),
    # input
    "checks of the models": (
        "must-03",
        "a.js",
        f"{MONGO}new mongoose.Schema({{ name: {{ type: String, required: true }} }})",
        "partial",
    ),
    "models without checks": ("must-03", "a.js", f"{MONGO}new mongoose.Schema({{ name: {{ type: String }} }})", "missing"),
    # retries
    "a queue that tries again": ("elite-retry", "b.py", f"{DRAMATIQ}@dramatiq.actor\ndef send(order):\n    pass", "met"),
    "calls that are made once": ("elite-retry", "b.py", CALLS, "missing"),
    "a client that connects again": (
        "elite-retry",
        "a.js",
        "const { Redis } = require('ioredis')\nfetch('https://a.example')\nnew Redis(url, { retryStrategy: (n) => n * 50 })",
        "partial",
    ),
    "a client as it comes": (
        "elite-retry",
        "a.js",
        "const { Redis } = require('ioredis')\nfetch('https://a.example')\nnew Redis(url)",
        "missing",
    ),
    # stores
    "errors of a store": (
        "elite-polyglot",
        "b.py",
        f"{REDIS}from redis.exceptions import RedisError\ntry:\n    work()\nexcept RedisError:\n    pass",
        "missing",
    ),
    "two stores": ("elite-polyglot", "b.py", f"{REDIS}import redis\nredis.Redis(host='a').get('b')", "met"),
    "an index of a schema": (
        "elite-query-optimization",
        "a.js",
        f"{MONGO}const schema = new mongoose.Schema({{}})\nschema.index({{ email: 1 }})",
        "partial",
    ),
    "a schema without index": ("elite-query-optimization", "a.js", f"{MONGO}new mongoose.Schema({{}})", "missing"),
    "many rows at once": (
        "elite-batch",
        "a.js",
        f"{MONGO}mongoose.model('A', new mongoose.Schema({{}})).deleteMany({{}})",
        "met",
    ),
    "one row at a time": (
        "elite-batch",
        "a.js",
        f"{MONGO}mongoose.model('A', new mongoose.Schema({{}})).deleteOne({{}})",
        "missing",
    ),
    "some columns": ("elite-lazy-loading", "a.js", f"{DRIZZLE}db.select({{ id: users.id }}).from(users)", "met"),
    "all columns": ("elite-lazy-loading", "a.js", f"{DRIZZLE}db.select().from(users)", "missing"),
    # policies
    "a policy about scripts": (
        "elite-csp",
        "a.js",
        "app.use((req, res, next) => { res.set('Content-Security-Policy', \"default-src 'self'\"); next() })",
        "met",
    ),
    "a policy about frames alone": (
        "elite-csp",
        "a.js",
        "app.use((req, res, next) => { res.set('Content-Security-Policy', \"frame-ancestors 'self'\"); next() })",
        "partial",
    ),
    "log-ins of others": (
        "advanced-oauth",
        "a.js",
        "app.post('/login', async (req, res) => res.json(await Media.initiateOAuth()))",
        "met",
    ),
    "log-ins of its own": (
        "advanced-oauth",
        "a.js",
        "app.post('/login', async (req, res) => res.json(await Media.initiate()))",
        "missing",
    ),
    # operations
    "an agent's traces": ("elite-tracing", "a.js", "require('applicationinsights').setup().start()", "met"),
    "an agent's errors": ("elite-error-tracking", "a.js", "require('applicationinsights').setup().start()", "met"),
    "an agent that keeps lines": (
        "elite-central-logging",
        "a.js",
        "require('applicationinsights').setup().setAutoCollectConsole(true).start()",
        "met",
    ),
    "an agent that keeps no lines": (
        "elite-central-logging",
        "a.js",
        "require('applicationinsights').setup().setAutoCollectConsole(false).start()",
        "not-assessed",
    ),
    "files at a CDN": ("elite-cdn", "a.js", "const files = 'https://shop.azureedge.net/files'", "met"),
    "a library from a CDN": ("elite-cdn", "a.js", "const script = 'https://cdn.jsdelivr.net/npm/a'", "not-assessed"),
    "files in the cloud": ("advanced-file-uploads", "a.js", "require('azure-storage').createBlobService(url)", "partial"),
    "files of another library": ("advanced-file-uploads", "a.js", "require('azure-other').createBlobService(url)", "missing"),
    "a task that tells others": ("advanced-webhooks", "a.py", "class DeliverWebhookTask:\n    pass", "partial"),
    "a task of another kind": ("advanced-webhooks", "a.py", "class DeliverParcelTask:\n    pass", "missing"),
    # agents, logs of changes, keys
    "a log of changes": ("must-08", "a.py", "class ObjectChange(Model):\n    pass", "met"),
    "another change": ("must-08", "a.py", "class ExchangeRate(Model):\n    pass", "missing"),
    "an audit table": ("must-08", "a.prisma", "model AuditEvent {\n  id Int @id\n}", "met"),
    "another table": ("must-08", "a.prisma", "model Event {\n  id Int @id\n}", "missing"),
    "a status of the whole": ("must-09", "a.py", "@app.get('/api/status/')\ndef status():\n    return {'up': True}", "partial"),
    "a status of something": (
        "must-09",
        "a.py",
        "@app.get('/orders/status/')\ndef status():\n    return {'sent': True}",
        "missing",
    ),
    "tokens of another library": (
        "default-jwt",
        "a.js",
        "import { decode } from 'next-auth/jwt'\napp.use((req) => decode({ token: req.cookies.token, secret }))",
        "met",
    ),
    "a password hash in WebAssembly": (
        "must-04",
        "a.js",
        f"{SESSION}import {{ argon2id }} from 'hash-wasm'\napp.post('/register', async (req) => argon2id({{ password: 'a' }}))",
        "met",
    ),
    "another hash in WebAssembly": (
        "must-04",
        "a.js",
        f"{SESSION}import {{ sha256 }} from 'hash-wasm'\napp.post('/register', async (req) => sha256('a'))",
        "partial",
    ),
    "a certificate of its own": ("elite-zero-trust", "a.js", "new (require('https').Agent)({ cert, key })", "met"),
    "an agent without certificate": (
        "elite-zero-trust",
        "a.js",
        "new (require('https').Agent)({ keepAlive: true })",
        "not-assessed",
    ),
    "keys of Django REST framework": (
        "elite-key-rotation",
        "a.py",
        f"{TOKENS}class Tokens(TokenAuthentication):\n    pass",
        "missing",
    ),
    "sessions of Django REST framework": (
        "elite-key-rotation",
        "a.py",
        f"{TOKENS}class Sessions(SessionAuthentication):\n    pass",
        "not-applicable",
    ),
    # settings, errors
    "origins that a setting opens": (
        "elite-cors",
        "a.py",
        "CORS_ORIGIN_ALLOW_ALL = getattr(configuration, 'CORS_ORIGIN_ALLOW_ALL', False)",
        "missing",
    ),
    "origins that a setting closes": (
        "elite-cors",
        "a.py",
        "CORS_ORIGIN_ALLOW_ALL = getattr(configuration, 'CORS_ORIGIN_ALLOW_ALL', True)",
        "partial",
    ),
    "a view of errors": ("must-02", "a.py", "handler500 = 'shop.views.failed'", "met"),
    "a view of what is missing": ("must-02", "a.py", "handler404 = 'shop.views.missing'", "missing"),
    # stores
    "a slow query is logged": (
        "elite-query-optimization",
        "a.js",
        f"{MONGO}const schema = new mongoose.Schema({{}})\nschema.index({{ a: 1 }})\nprisma.$use(slowQueryMiddleware(logger))",
        "met",
    ),
    "an index of a table": (
        "elite-query-optimization",
        "a.js",
        f"{DRIZZLE}import {{ index, pgTable }} from 'drizzle-orm/pg-core'\npgTable('a', {{}}, (t) => [index('b').on(t.b)])",
        "partial",
    ),
    "many documents at once": ("elite-batch", "a.js", f"{NEDB}db.removeAsync({{}}, {{ multi: true }})", "met"),
    "one document": ("elite-batch", "a.js", f"{NEDB}db.removeAsync({{}}, {{}})", "missing"),
    "a store in a file": ("elite-pooling", "a.js", f"{NEDB}db.findAsync({{}})", "not-applicable"),
    "workers behind a class": ("elite-bulkhead", "a.js", "queue.process('a', run, { concurrency: 4 })", "met"),
    "workers as they come": ("elite-bulkhead", "a.js", "queue.process('a', run)", "missing"),
    # clients
    "a client for each call": (
        "elite-connection-reuse",
        "a.py",
        "import httpx\nasync def ask(url):\n    async with httpx.AsyncClient() as client:\n        return await client.get(url)",
        "missing",
    ),
    "a client for the application": (
        "elite-connection-reuse",
        "a.py",
        "import httpx\nasync def life(app):\n    async with httpx.AsyncClient() as one:\n        app.client = one\n        yield",
        "met",
    ),
    "a client of the module": ("elite-connection-reuse", "a.py", "import httpx\nclient = httpx.AsyncClient()", "met"),
    # descriptions of scripts
    "pages of a script are no data": (
        "must-01",
        "a.ts",
        "app.get('/a', async (request, reply) => reply.redirect('/b'))",
        "met",
    ),
    "answers of a script that it does not describe": ("must-01", "a.ts", "app.get('/a', async () => ({ a: 1 }))", "partial"),
    # the third three
    "traces that are switched on": (
        "elite-tracing",
        "a.py",
        "import sentry_sdk\nsentry_sdk.init(dsn=DSN, enable_tracing=True)",
        "met",
    ),
    "traces that are switched off": ("elite-tracing", "a.py", "import sentry_sdk\nsentry_sdk.init(dsn=DSN)", "missing"),
    "a database for analyses": ("must-07", "a.js", "new (require('duckdb-async').Database)('a.db').all('SELECT 1')", "partial"),
    "no database": ("must-07", "a.js", "new (require('duck-async').Pond)('a').all('1')", "not-applicable"),
    "hosts that are not asked": ("elite-ddos", "a.js", "if (isHostBlocked(url)) stop()", "missing"),
    "addresses that may not call": ("elite-ddos", "a.js", "if (isIpBlocked(req.ip)) stop()", "partial"),
    "keys in a file": ("elite-key-rotation", "a.js", "app.use((req) => APIKeys.validateAuthorization(req))", "missing"),
    # the eleventh nine
    "a health route by its handler's name": (
        "must-09",
        "a.py",
        "import redis\ncache = redis.Redis()\n@app.get('/')\ndef health():\n    return cache.ping()",
        "met",
    ),
    "the health of a thing": ("must-09", "a.py", "@app.get('/pets/{pet}')\ndef health(pet: int):\n    return 1", "missing"),
    "deleted by time": ("advanced-soft-deletes", "a.py", f"{MODELS}class Row(Base):\n    time_deleted: str = None", "partial"),
    "created by time": ("advanced-soft-deletes", "a.py", f"{MODELS}class Row(Base):\n    time_created: str = None", "missing"),
    "a schedule that is handed over": (
        "advanced-cron",
        "a.py",
        "import celery\nceleryd = celery.Celery()\nceleryd.config_from_object({'beat_schedule': {'a': {'task': 't'}}})",
        "met",
    ),
    "no schedule": (
        "advanced-cron",
        "a.py",
        "import celery\nceleryd = celery.Celery()\nceleryd.config_from_object({'task_serializer': 'json'})",
        "missing",
    ),
    "jobs that repeat, by an object": (
        "advanced-cron",
        "a.js",
        "const nightly = { repeat: { pattern: '0 5 * * *' } }\nqueue.add('build', {}, nightly)",
        "met",
    ),
    "a repeat that is no schedule": ("advanced-cron", "a.js", "draw({ repeat: 'no-repeat' })", "missing"),
    "celery's jitter": (
        "elite-retry",
        "a.py",
        "from celery import shared_task\n@shared_task(autoretry_for=(OSError,), retry_backoff=True)\ndef send():\n    pass",
        "met",
    ),
    "celery without jitter": (
        "elite-retry",
        "a.py",
        (
            "from celery import shared_task\n@shared_task(autoretry_for=(OSError,), retry_backoff=True, retry_jitter=False)\n"
            "def send():\n    pass"
        ),
        "partial",
    ),
    "translations are no logs": (
        "elite-central-logging",
        "a.py",
        "from fluent.runtime import FluentLocalization\nFluentLocalization(['en'], [])",
        "not-assessed",
    ),
    "logs to Fluentd": ("elite-central-logging", "a.py", "from fluent import handler\nhandler.FluentHandler('app')", "met"),
    "a replica of drizzle": (
        "elite-replicas",
        "a.js",
        f"{DRIZZLE}const {{ withReplicas }} = require('drizzle-orm/pg-core')\nconst both = withReplicas(db, [other])",
        "met",
    ),
    "one database of drizzle": ("elite-replicas", "a.js", f"{DRIZZLE}db.select().from(users)", "missing"),
    "a plugin by its own name": (
        "elite-csp",
        "a.ts",
        "import { fastifyHelmet } from '@fastify/helmet'\napp.register(fastifyHelmet)",
        "met",
    ),
    "a plugin by its own name, switched off": (
        "elite-csp",
        "a.ts",
        "import { fastifyHelmet } from '@fastify/helmet'\napp.register(fastifyHelmet, { contentSecurityPolicy: false })",
        "missing",
    ),
    "errors of its own": (
        "must-02",
        "a.ts",
        "import createError from '@fastify/error'\nthrow new (createError('GONE', 'gone', 410))()",
        "partial",
    ),
    "no errors of its own": ("must-02", "a.ts", "throw new Error('gone')", "missing"),
    "a header that is handed over": (
        "must-06",
        "a.js",
        "const keep = (value) => (req, res, next) => { res.set('Cache-Control', value); next() }\napp.use(keep('no-store'))",
        "missing",
    ),
    "a header that is handed over and keeps": (
        "must-06",
        "a.js",
        "const keep = (value) => (req, res, next) => { res.set('Cache-Control', value); next() }\napp.use(keep('max-age=60'))",
        "met",
    ),
    "a mailer": ("advanced-messages", "a.js", "class Mailer { send(to) { return post('/send', to) } }\nnew Mailer()", "met"),
    "a mail address": (
        "advanced-messages",
        "a.js",
        "class MailAddress { text() { return this.to } }\nnew MailAddress()",
        "missing",
    ),
    "a scope of errors is no right": ("advanced-rbac", "a.js", "Sentry.withScope((scope) => scope.clear())", "missing"),
    "a scope that is asked for": ("advanced-rbac", "a.js", "app.use(requireScope('orders:read'))", "met"),
    "one answer for any origin": (
        "elite-cors",
        "a.js",
        (
            "app.use(require('cors')({ origin: ['https://a.example'] }))\n"
            "app.get('/version', (req, res) => { res.set('Access-Control-Allow-Origin', '*'); res.json(1) })"
        ),
        "met",
    ),
    "every answer for any origin": (
        "elite-cors",
        "a.js",
        (
            "app.use(require('cors')({ origin: ['https://a.example'] }))\n"
            "app.use((req, res, next) => { res.set('Access-Control-Allow-Origin', '*'); next() })"
        ),
        "partial",
    ),
    # the twelfth nine
    "a queue that only logs": (
        "elite-brokers",
        "a.py",
        "import logging\nlog = logging.getLogger('a')\nfrom fastapi import BackgroundTasks\nBackgroundTasks().add_task(log.info)",
        "missing",
    ),
    "a queue for messages": ("elite-brokers", "a.py", "import rq\nrq.Queue('a').enqueue(print)", "partial"),
    "a loop until something is done": (
        "advanced-cron",
        "a.py",
        (
            "import time\ndef work():\n    while True:\n        state = ask()\n        if state in FINISHED:\n            break\n"
            "        time.sleep(60)"
        ),
        "missing",
    ),
    "a loop until it is told to stop": (
        "advanced-cron",
        "a.py",
        (
            "import time\ndef work():\n    while True:\n        clean()\n        if stopping.is_set():\n            break\n"
            "        time.sleep(60)"
        ),
        "partial",
    ),
    "work that sets its next run": (
        "advanced-cron",
        "a.js",
        "const scheduleNextUpdate = () => setTimeout(() => update().then(scheduleNextUpdate), 1000)\nscheduleNextUpdate()",
        "partial",
    ),
    "a decorator that tries again": (
        "elite-retry",
        "b.py",
        f"{CALLS}def retry_if_closed(f):\n    return f\n\n@retry_if_closed\ndef ask():\n    pass",
        "partial",
    ),
    "a decorator": (
        "elite-retry",
        "b.py",
        f"{CALLS}def named_if_closed(f):\n    return f\n\n@named_if_closed\ndef ask():\n    pass",
        "missing",
    ),
    "activities of a task": ("must-08", "a.py", "@app.post('/a')\ndef run():\n    _create_activity('reset')", "missing"),
    "a log of activities": ("must-08", "a.py", "@app.post('/a')\ndef run():\n    create_activity_log('reset')", "met"),
    "tokens for another service alone": (
        "must-04",
        "a.js",
        "const jwt = require('jsonwebtoken')\napp.get('/rates', (req, res) => ask(jwt.sign({}, key, { expiresIn: '1m' })))",
        "missing",
    ),
    "callers by a guard of its own": (
        "must-04",
        "a.js",
        (
            "const known = (req, res, next) => keys.has(req.headers.authorization) ? next() : res.status(401).end()\n"
            "app.get('/rates', known, (req, res) => res.json(1))"
        ),
        "met",
    ),
    "the health of a worker": (
        "must-09",
        "a.py",
        "import redis\ncache = redis.Redis()\n@app.get('/price-worker-health')\ndef state():\n    return cache.get('a')",
        "met",
    ),
    "verbs before things": (
        "default-clean-api",
        "a.js",
        "app.post('/send-message', (req, res) => res.json(1))\napp.post('/orders', (req, res) => res.json(1))",
        "partial",
    ),
    "things that begin like verbs": (
        "default-clean-api",
        "a.js",
        "app.post('/settings', (req, res) => res.json(1))\napp.post('/starters', (req, res) => res.json(1))",
        "met",
    ),
    "a right that a switch asks for": (
        "advanced-rbac",
        "a.py",
        (
            "from fastapi import Depends\nfrom fastapi_users import FastAPIUsers\nusers = FastAPIUsers[User, int](manager, [])\n"
            "boss = users.current_user(superuser=True)\n@app.get('/a')\ndef a(user=Depends(boss)):\n    return 1"
        ),
        "met",
    ),
    "no right": (
        "advanced-rbac",
        "a.py",
        (
            "from fastapi import Depends\nfrom fastapi_users import FastAPIUsers\nusers = FastAPIUsers[User, int](manager, [])\n"
            "anybody = users.current_user(active=True)\n@app.get('/a')\ndef a(user=Depends(anybody)):\n    return 1"
        ),
        "missing",
    ),
    "flags by a route": ("advanced-feature-flags", "a.js", "app.get('/feature-flags', (req, res) => res.json({ a: 1 }))", "met"),
    "flags of countries": (
        "advanced-feature-flags",
        "a.js",
        "app.get('/country-flags', (req, res) => res.json({ a: 1 }))",
        "missing",
    ),
    # the thirteenth nine
    "an item of a setting": (
        "must-02",
        "a.py",
        "from base.settings import *\nREST_FRAMEWORK['EXCEPTION_HANDLER'] = 'shop.errors.handle'",
        "met",
    ),
    "an item of something else": (
        "must-02",
        "a.py",
        "from base.settings import *\nPARTS['EXCEPTION_HANDLER'] = 'a.b'",
        "missing",
    ),
    "errors answered by a function": (
        "must-02",
        "a.js",
        "app.get('/a', async (req, res) => { try { await ask() } catch (error) { answerError(error, res) } })",
        "partial",
    ),
    "errors that a function counts": (
        "must-02",
        "a.js",
        "app.get('/a', async (req, res) => { try { await ask() } catch (error) { count(error, total) } })",
        "missing",
    ),
    "statements of a wrapper": (
        "elite-sharding",
        "a.js",
        "class Store extends Base { all(id) { return this.sql`SELECT id FROM orders WHERE shop = ${id}` } }",
        "missing",
    ),
    "no statements": (
        "elite-sharding",
        "a.js",
        "class Store extends Base { all() { return 'Select one from these' } }",
        "not-applicable",
    ),
    "a getter with a schema": (
        "must-03",
        "a.js",
        "class Order extends Model { static get jsonSchema() { return { type: 'object' } } }",
        "partial",
    ),
    "a getter": (
        "must-03",
        "a.js",
        "class Order extends Model { static get jsonLines() { return { type: 'object' } } }",
        "missing",
    ),
    "a place at a CDN": ("elite-cdn", "a.js", "const settings = { IMAGE_CDN_BASE_PATH: text() }", "met"),
    "a place in a path": ("elite-cdn", "a.js", "const settings = { IMAGE_DISK_BASE_PATH: text() }", "not-assessed"),
    "a service for mail": ("advanced-messages", "a.js", "async function on() { await emailService.formAssigned('a') }", "met"),
    "a service for forms": (
        "advanced-messages",
        "a.js",
        "async function on() { await formService.formAssigned('a') }",
        "missing",
    ),
    "the size of a pool": ("elite-pooling", "a.js", f"{DRIZZLE}connect({{ poolMax: 10 }})", "met"),
    "keys of a keyboard": ("elite-key-rotation", "a.js", "app.use((req) => Keys.validateInput(req))", "not-applicable"),
    "settings in a class": (
        "advanced-file-uploads",
        "b.py",
        (
            "from configurations import Configuration, values\nclass Base(Configuration):\n"
            "    STORAGES = {'default': {'BACKEND': values.Value('storages.backends.s3.S3Storage')}}"
        ),
        "partial",
    ),
    "settings in a class for developers": (
        "advanced-file-uploads",
        "b.py",
        (
            "from configurations import Configuration, values\nclass Development(Configuration):\n"
            "    STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage'}}"
        ),
        "missing",
    ),
    "a policy that the environment opens": (
        "elite-cors",
        "a.py",
        (
            "from configurations import Configuration, values\nclass Base(Configuration):\n"
            "    MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\n"
            "    CORS_ALLOW_ALL_ORIGINS = values.BooleanValue(False)"
        ),
        "met",
    ),
    "a policy that is open": (
        "elite-cors",
        "a.py",
        (
            "from configurations import Configuration, values\nclass Base(Configuration):\n"
            "    MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\n"
            "    CORS_ALLOW_ALL_ORIGINS = values.BooleanValue(True)"
        ),
        "partial",
    ),
    "a limit by scope alone": (
        "must-05",
        "a.py",
        (
            "REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': "
            "['rest_framework.throttling.ScopedRateThrottle']}\n@app.get('/a')\ndef a():\n    return 1"
        ),
        "partial",
    ),
    "a limit of REST views, which other routes do not have": (
        "must-05",
        "a.py",
        (
            "REST_FRAMEWORK = {'DEFAULT_THROTTLE_CLASSES': ['rest_framework.throttling.AnonRateThrottle']}\n"
            "@app.get('/a')\ndef a():\n    return 1"
        ),
        "partial",
    ),
    "waits with chance": (
        "elite-retry",
        "a.js",
        (
            "fetch(url)\nasync function ask() {\n  for (let n = 0; n < 5; n++) {\n"
            "    try { return await fetch(url) } catch (error) {\n"
            "      const pause = 2 ** n * 100 + Math.random() * 100\n"
            "      await new Promise((done) => setTimeout(done, pause))\n    }\n  }\n}"
        ),
        "met",
    ),
    "waits without chance": (
        "elite-retry",
        "a.js",
        (
            "fetch(url)\nasync function ask() {\n  for (let n = 0; n < 5; n++) {\n"
            "    try { return await fetch(url) } catch (error) {\n      const pause = 2 ** n * 100\n"
            "      await new Promise((done) => setTimeout(done, pause))\n    }\n  }\n}"
        ),
        "partial",
    ),
    "waits with chance in Python": (
        "elite-retry",
        "a.py",
        (
            "import httpx\nhttpx.get('https://a.example', timeout=3)\nimport random, time\ndef ask():\n"
            "    for n in range(5):\n        try:\n"
            "            return httpx.get('https://a.example', timeout=3)\n        except httpx.HTTPError:\n"
            "            pause = 2 ** n + random.random()\n            time.sleep(pause)"
        ),
        "met",
    ),
    "waits without chance in Python": (
        "elite-retry",
        "a.py",
        (
            "import httpx\nhttpx.get('https://a.example', timeout=3)\nimport time\ndef ask():\n"
            "    for n in range(5):\n        try:\n"
            "            return httpx.get('https://a.example', timeout=3)\n        except httpx.HTTPError:\n"
            "            pause = 2 ** n\n            time.sleep(pause)"
        ),
        "partial",
    ),
    "files of a form": (
        "advanced-file-uploads",
        "a.js",
        (
            "const busboy = require('busboy')\napp.post('/a', (req, res) => {\n"
            "const bb = busboy({ headers: req.headers })\nbb.on('file', (name, file) => file.pipe(to))\n})"
        ),
        "partial",
    ),
    "fields of a form": (
        "advanced-file-uploads",
        "a.js",
        (
            "const busboy = require('busboy')\napp.post('/a', (req, res) => {\n"
            "const bb = busboy({ headers: req.headers })\nbb.on('field', (name, value) => keep(value))\n})"
        ),
        "missing",
    ),
    "a limiter that turns away": (
        "must-05",
        "a.js",
        "app.use((req, res, next) => rateLimiter.check(req.ip) ? next() : res.status(429).end())",
        "met",
    ),
    "a limiter of what is sent": (
        "must-05",
        "a.js",
        "app.use(async () => { if (await rateLimiter.check('mail')) send() })",
        "missing",
    ),
    "organisations in SQL": (
        "advanced-multi-tenancy",
        "a.js",
        ("db.query('CREATE TABLE a (id int, org_id text)'); db.query('SELECT a FROM a WHERE org_id = $1', [x])"),
        "met",
    ),
    "other owners in SQL": ("advanced-multi-tenancy", "a.js", "db.query('CREATE TABLE a (id int, user_id text)')", "missing"),
    "a breaker of its own": ("elite-circuit-breakers", "a.js", "fetch(url)\napp.use(() => sendWithCircuitBreaker(mail))", "met"),
    "a breaker of lines": ("elite-circuit-breakers", "a.js", "fetch(url)\napp.use(() => sendWithLineBreaks(mail))", "missing"),
    "a pool of processes of its own": ("elite-bulkhead", "a.js", "class JobProcessPool { run() {} }", "met"),
    "a pool of connections": ("elite-bulkhead", "a.js", "class ConnectionPool { run() {} }", "missing"),
    "expressions for schedules": (
        "advanced-cron",
        "a.js",
        "const { CronExpressionParser } = require('cron-parser')\nCronExpressionParser.parse('* * * * *')",
        "partial",
    ),
    "expressions that a scheduler runs": (
        "advanced-cron",
        "a.js",
        (
            "const { CronExpressionParser } = require('cron-parser')\n"
            "CronExpressionParser.parse('* * * * *')\nrequire('node-cron').schedule('* * * * *', run)"
        ),
        "met",
    ),
    "errors in PostHog": (
        "elite-error-tracking",
        "a.js",
        ("const { PostHog } = require('posthog-node')\nnew PostHog('k', { enableExceptionAutocapture: true })"),
        "met",
    ),
    "events in PostHog": (
        "elite-error-tracking",
        "a.js",
        "const { PostHog } = require('posthog-node')\nnew PostHog('k', {})",
        "missing",
    ),
    "Dockerflow": ("must-09", "a.py", "INSTALLED_APPS = ['dockerflow.django']", "met"),
    "Docker alone": ("must-09", "a.py", "INSTALLED_APPS = ['docker.django']", "missing"),
    "an address of a provider": ("advanced-payment", "a.js", "fetch('https://api.stripe.com/v1/charges')", "partial"),
    "addresses of many": (
        "advanced-payment",
        "a.js",
        (
            "const LIST = ['https://api.stripe.com/v1', 'https://0.example', 'https://1.example', "
            "'https://2.example', 'https://3.example', 'https://4.example', 'https://5.example', "
            "'https://6.example', 'https://7.example', 'https://8.example', 'https://9.example', "
            "'https://10.example', 'https://11.example', 'https://12.example', 'https://13.example', "
            "'https://14.example', 'https://15.example', 'https://16.example', 'https://17.example', "
            "'https://18.example', 'https://19.example']"
        ),
        "missing",
    ),
    "a sign-in by others": ("advanced-oauth", "a.js", "app.get('/in', (req, res) => handleOAuthCallback(req, res))", "met"),
    "secrets of others": (
        "advanced-oauth",
        "a.js",
        "app.get('/in', (req, res) => res.json(getOAuthSecret(req.query.id)))",
        "missing",
    ),
    "tables that are written": ("advanced-export", "a.js", "const XLSX = require('xlsx')\nXLSX.utils.json_to_sheet(rows)", "met"),
    "tables that are read": ("advanced-export", "a.js", "const XLSX = require('xlsx')\nXLSX.read(file)", "missing"),
    "tokens that are given out": ("elite-key-rotation", "a.js", "class AccessTokenMiddleware { run() {} }", "missing"),
    "an index of the database": ("advanced-search", "a.js", "db.query('SELECT a FROM b WHERE b MATCH ?')", "met"),
    "what matches": ("advanced-search", "a.js", "log(`${n} match(es)`)", "missing"),
    "middleware that answers all": (
        "must-02",
        "a.py",
        (
            "from starlette.middleware.base import BaseHTTPMiddleware\nclass Errors(BaseHTTPMiddleware):\n"
            "    async def dispatch(self, request, call_next):\n        try:\n"
            "            return await call_next(request)\n        except Exception:\n"
            "            return JSONResponse({}, 500)\napp.add_middleware(Errors)"
        ),
        "met",
    ),
    "middleware that answers some": (
        "must-02",
        "a.py",
        (
            "from starlette.middleware.base import BaseHTTPMiddleware\nclass Errors(BaseHTTPMiddleware):\n"
            "    async def dispatch(self, request, call_next):\n        try:\n"
            "            return await call_next(request)\n        except ValueError:\n"
            "            return JSONResponse({}, 400)\napp.add_middleware(Errors)"
        ),
        "missing",
    ),
    "a client that is yielded": (
        "elite-connection-reuse",
        "a.py",
        "import httpx\nasync def client():\n    async with httpx.AsyncClient() as made:\n        yield made",
        "met",
    ),
    "a client whose answer is yielded": (
        "elite-connection-reuse",
        "a.py",
        (
            "import httpx\nasync def lines():\n    async with httpx.AsyncClient() as made:\n"
            "        async for chunk in made.stream('GET', 'https://a.example'):\n            yield chunk"
        ),
        "missing",
    ),
    "chance in a part of the time": (
        "elite-retry",
        "a.js",
        (
            "fetch(url)\nasync function ask() {\n  for (let n = 0; n < 5; n++) {\n"
            "    try { return await fetch(url) } catch (error) {\n      const spread = Math.random() * 100\n"
            "      const pause = 2 ** n * 100 + spread\n"
            "      await new Promise((done) => setTimeout(done, pause))\n    }\n  }\n}"
        ),
        "met",
    ),
    "a limit in a loop that tries addresses": (
        "elite-retry",
        "a.js",
        (
            "async function ask() {\n  for (const one of urls) {\n"
            "    try { return await fetch(one, { signal: AbortSignal.timeout(100) }) } catch (error) { "
            "continue }\n  }\n}"
        ),
        "missing",
    ),
    "a pool with a size": (
        "elite-pooling",
        "a.js",
        "const { Pool } = require('pg')\nnew Pool({ connectionString: url, max: 10 })",
        "met",
    ),
    "a pool as it comes": (
        "elite-pooling",
        "a.js",
        "const { Pool } = require('pg')\nnew Pool({ connectionString: url })",
        "partial",
    ),
    "a client without agents": (
        "elite-connection-reuse",
        "a.js",
        "const axios = require('axios')\naxios.create({ baseURL: url }).get('/a')",
        "missing",
    ),
    "a client with agents": (
        "elite-connection-reuse",
        "a.js",
        (
            "const axios = require('axios')\nconst https = require('https')\n"
            "axios.create({ baseURL: url, httpsAgent: new https.Agent({ keepAlive: true }) }).get('/a')"
        ),
        "met",
    ),
    "attempts that are counted": (
        "must-05",
        "a.js",
        ("app.post('/login', async (req, res) => { await prisma.loginAttempt.upsert({ where: { id: 1 } }) })"),
        "partial",
    ),
    "attempts to draw": (
        "must-05",
        "a.js",
        ("app.post('/login', async (req, res) => { await prisma.drawAttempt.upsert({ where: { id: 1 } }) })"),
        "missing",
    ),
    "documents of an organisation": (
        "advanced-multi-tenancy",
        "a.py",
        (
            "class Order(Base):\n    organization_id: int = 0\ndef orders(db, org):\n"
            "    return db.find_one({'organization_id': org})"
        ),
        "met",
    ),
    "documents by parts of a tenant": (
        "advanced-multi-tenancy",
        "a.py",
        (
            "class Order(Base):\n    organization_id: int = 0\ndef orders(db, org):\n"
            "    return db.look({'meta.organization_id': org})"
        ),
        "met",
    ),
    "documents of anybody": (
        "advanced-multi-tenancy",
        "a.py",
        ("class Order(Base):\n    organization_id: int = 0\ndef orders(db, org):\n    return db.find_one({'colour': org})"),
        "partial",
    ),
    "flags that are read": (
        "advanced-feature-flags",
        "a.js",
        (
            "const { initialize } = require('unleash-client')\nconst flags = initialize({})\n"
            "app.use((req, res) => flags.isEnabled('new'))"
        ),
        "met",
    ),
    "flags that nobody reads": (
        "advanced-feature-flags",
        "a.js",
        "const { initialize } = require('unleash-client')\ninitialize({})",
        "partial",
    ),
    "flags that are read in Python": (
        "advanced-feature-flags",
        "a.py",
        (
            "from UnleashClient import UnleashClient\nflags = UnleashClient('u', 'a')\n@app.get('/a')\n"
            "def a():\n    return flags.is_enabled('new')"
        ),
        "met",
    ),
    "flags that nobody reads in Python": (
        "advanced-feature-flags",
        "a.py",
        "from UnleashClient import UnleashClient\nflags = UnleashClient('u', 'a')",
        "partial",
    ),
    "a description by REST framework": (
        "must-01",
        "b.py",
        (
            "from django.urls import path\nfrom rest_framework.schemas import get_schema_view\n"
            "urlpatterns = [path('schema', get_schema_view(title='Orders'))]\n"
        ),
        "met",
    ),
    "no description by REST framework": (
        "must-01",
        "b.py",
        (
            "from django.urls import path\nfrom rest_framework.views import APIView\nclass Orders(APIView):\n"
            "    def get(self, request):\n        return None\n"
            "urlpatterns = [path('orders', Orders.as_view())]\n"
        ),
        "missing",
    ),
    "a lifetime by position": (
        "must-06",
        "a.py",
        "from django.core.cache import cache\ndef keep(key, value):\n    cache.set(key, value, 3600)",
        "met",
    ),
    "no lifetime by position": (
        "must-06",
        "a.py",
        "from django.core.cache import cache\ndef keep(key, value):\n    cache.set(key, value)",
        "partial",
    ),
    "addresses that a storage signs": (
        "advanced-file-uploads",
        "a.py",
        ("from storages.backends.s3boto3 import S3Boto3Storage\nstore = S3Boto3Storage()\nAWS_CLOUDFRONT_KEY_ID = 'K1'"),
        "met",
    ),
    "addresses that no storage signs": (
        "advanced-file-uploads",
        "a.py",
        ("from storages.backends.s3boto3 import S3Boto3Storage\nstore = S3Boto3Storage()\nAWS_LOCATION = 'K1'"),
        "partial",
    ),
    "rows that wait to be deleted": (
        "advanced-soft-deletes",
        "a.py",
        (
            "from django.db import models\nclass Face(models.Model):\n"
            "    marked_for_deletion_at = models.DateTimeField(null=True)\ndef faces():\n"
            "    return Face.objects.filter(marked_for_deletion_at__isnull=True)"
        ),
        "met",
    ),
    "rows that wait to be printed": (
        "advanced-soft-deletes",
        "a.py",
        (
            "from django.db import models\nclass Face(models.Model):\n"
            "    marked_for_printing_at = models.DateTimeField(null=True)\ndef faces():\n"
            "    return Face.objects.filter(marked_for_printing_at__isnull=True)"
        ),
        "missing",
    ),
    "a pool of postgres": (
        "elite-pooling",
        "a.js",
        "const postgres = require('postgres')\nconst sql = postgres({ host: 'db', max: 20 })",
        "met",
    ),
    "a pool of postgres as it comes": (
        "elite-pooling",
        "a.js",
        "const postgres = require('postgres')\nconst sql = postgres({ host: 'db' })",
        "partial",
    ),
    "a pool in an address": (
        "elite-pooling",
        "a.js",
        (
            "const { PrismaClient } = require('@prisma/client')\nconst query = {}\n"
            "query['connection_limit'] = process.env.LIMIT\n"
            "const prisma = new PrismaClient({ datasourceUrl: address(query) })"
        ),
        "met",
    ),
    "no pool in an address": (
        "elite-pooling",
        "a.js",
        (
            "const { PrismaClient } = require('@prisma/client')\nconst query = {}\n"
            "query['schema'] = process.env.LIMIT\n"
            "const prisma = new PrismaClient({ datasourceUrl: address(query) })"
        ),
        "partial",
    ),
    "many rows for ClickHouse": (
        "elite-batch",
        "a.js",
        (
            "const { createClient } = require('@clickhouse/client')\nconst clickhouse = createClient()\n"
            "clickhouse.insert({ table: 'events', values: rows, format: 'JSONEachRow' })"
        ),
        "met",
    ),
    "one command for ClickHouse": (
        "elite-batch",
        "a.js",
        (
            "const { createClient } = require('@clickhouse/client')\nconst clickhouse = createClient()\n"
            "clickhouse.command({ query: 'OPTIMIZE TABLE events' })"
        ),
        "missing",
    ),
    "a limiter of its own that refuses": (
        "must-05",
        "a.js",
        (
            "const { keyRateLimiter } = require('./limiter')\napp.get('/a', (req, res) => {\n"
            "  if (!keyRateLimiter.isAllowed(req.query.key)) return res.status(429).end()\n  res.json({})\n})\n"
            "app.get('/b', (req, res) => res.json({}))"
        ),
        "partial",
    ),
    "waits until others let it": (
        "must-05",
        "a.py",
        (
            "class Throttled(Exception):\n    pass\n@retry_if_throttled()\ndef ask():\n"
            "    if client.get('/').status == 429:\n        raise client.Throttled(status=429)\n"
            "@app.get('/a')\ndef a():\n    return ask()"
        ),
        "missing",
    ),
    "a search by match against": (
        "advanced-search",
        "a.js",
        "db.query('SELECT id FROM notes WHERE MATCH (title, body) AGAINST (?)', [words])",
        "met",
    ),
    "a match by a pattern": (
        "advanced-search",
        "a.js",
        "db.query(\"SELECT id FROM events WHERE match(path, '^/a')\")",
        "missing",
    ),
    "messages acknowledged before the work": (
        "elite-brokers",
        "a.js",
        (
            "const amqp = require('amqplib')\nasync function consume(orders) {\n"
            "  const channel = await (await amqp.connect('amqp://q')).createChannel()\n"
            "  channel.consume('orders', async (message) => {\n    channel.ack(message)\n"
            "    await orders.save(JSON.parse(message.content))\n  })\n}"
        ),
        "partial",
    ),
    "messages acknowledged after the work": (
        "elite-brokers",
        "a.js",
        (
            "const amqp = require('amqplib')\nasync function consume(orders) {\n"
            "  const channel = await (await amqp.connect('amqp://q')).createChannel()\n"
            "  channel.consume('orders', async (message) => {\n"
            "    await orders.save(JSON.parse(message.content))\n    channel.ack(message)\n  })\n}"
        ),
        "met",
    ),
    "messages acknowledged before the commit": (
        "elite-brokers",
        "a.py",
        (
            "from aiokafka import AIOKafkaConsumer\nasync def consume(session):\n"
            "    consumer = AIOKafkaConsumer('orders')\n    async for message in consumer:\n"
            "        session.add(message)\n        await consumer.commit()\n        await session.commit()"
        ),
        "partial",
    ),
    "messages acknowledged after the commit": (
        "elite-brokers",
        "a.py",
        (
            "from aiokafka import AIOKafkaConsumer\nasync def consume(session):\n"
            "    consumer = AIOKafkaConsumer('orders')\n    async for message in consumer:\n"
            "        session.add(message)\n        await session.commit()\n        await consumer.commit()"
        ),
        "met",
    ),
    "a route for health": ("must-09", "a.js", "app.get('/api/v1/health', ok)", "partial"),
    "how a device is": (
        "must-09",
        "a.js",
        "app.get('/devices/:id/live/state', ok)\napp.get('/devices/:id/health', ok)",
        "missing",
    ),
    "what is alive": ("must-09", "a.js", "app.get('/livez', ok)", "partial"),
    "live pages": ("must-09", "a.js", "app.get('/live/scores', ok)", "missing"),
    "calls that are tried again": ("elite-retry", "a.js", "fetch('https://a.example')\nconnectWithRetry()", "partial"),
    "an import that somebody tries again": ("elite-retry", "a.py", CALLS + "create_retry_job(user)", "missing"),
    "a client that waits before it connects again": (
        "elite-retry",
        "a.js",
        "createClient({ socket: { reconnectStrategy: (tries) => Math.min(2 ** tries, 99) + Math.random() * 9 } })",
        "met",
    ),
    "a client that waits the same time each": (
        "elite-retry",
        "a.js",
        "fetch('https://a.example')\ncreate({ retryStrategy: (n) => n * 9 })",
        "partial",
    ),
    "an outbox that is written to": ("elite-saga", "a.py", "outbox.add(event)", "partial"),
    "what federated services call so": (
        "elite-saga",
        "a.py",
        "class Actor:\n    inbox: str\n    outbox: str\nclass Outbox(View):\n    pass",
        "missing",
    ),
    "columns of Django's queries": ("elite-lazy-loading", "a.py", MODELS + "orders.values_list('id', flat=True)", "met"),
    "values of a mapping": ("elite-lazy-loading", "a.py", MODELS + "orders.values()\ninsert(Order).values(row)", "missing"),
    "tenants of Sequelize": (
        "advanced-multi-tenancy",
        "a.js",
        "Order.associate = (M) => Order.belongsTo(M.Team)\nOrder.findAll({ where: { TeamId: 3 } })",
        "met",
    ),
    "tenants of documents": (
        "advanced-multi-tenancy",
        "a.js",
        MONGO + "new mongoose.Schema({ team: { type: Id, ref: 'Team' } })\nOrder.find({ team: id })",
        "met",
    ),
    "what belongs to something else": (
        "advanced-multi-tenancy",
        "a.js",
        "Order.belongsTo(M.Customer)\nrun({ ref: 'main' })",
        "missing",
    ),
    "a pool that another tool is told of": (
        "elite-pooling",
        "a.js",
        "const { Client } = require('pg')\nnew Client()\nput({ pool_size: 9 })",
        "missing",
    ),
    "connections that are kept alive": (
        "elite-connection-reuse",
        "a.js",
        "const http = require('http')\nfetch(url, new http.Agent({ keepAlive: true }))",
        "met",
    ),
    "connections that are not": (
        "elite-connection-reuse",
        "a.js",
        "const http = require('http')\nfetch(url, new http.Agent({ keepAlive: false }))",
        "missing",
    ),
    "jobs of cronosjs": ("advanced-cron", "a.js", "require('cronosjs').scheduleTask('@daily', clean)", "met"),
    "values that Redis keeps for a time": ("must-06", "a.js", "client.hpExpire(name, key, 9)", "met"),
    "a hash in Redis": ("must-06", "a.js", "client.hSet(name, key, value)", "missing"),
    "a switch of a plan": ("advanced-feature-flags", "a.js", "if (app.config.features.enabled('ha')) start()", "met"),
    "what has features": ("advanced-feature-flags", "a.js", "if (car.features.length) start()", "missing"),
    "queues with a limit": (
        "elite-bulkhead",
        "a.js",
        "const PQueue = require('@esm2cjs/p-queue')\nnew PQueue({ concurrency: 3 })",
        "met",
    ),
    "errors that HyperDX gets": (
        "elite-error-tracking",
        "a.js",
        "const { recordException } = require('@hyperdx/node-opentelemetry')\nrecordException(err)",
        "met",
    ),
    "indicators of a service": ("elite-slo", "a.js", "counter({ description: 'Availability SLI for SLOs.' })", "met"),
    "a country": ("elite-slo", "a.js", "const codes = ['SLO', 'SVK', 'sli']", "not-assessed"),
    "how much it is used": ("advanced-analytics", "a.js", "collectUsageStats()", "met"),
    "how it is used": ("advanced-analytics", "a.js", "printUsage()", "missing"),
    "actions of moderators": ("must-08", "a.py", "Report.record_action(report, 'suspend', user)", "met"),
    "an action": ("must-08", "a.py", "run_action(report)", "missing"),
    "addresses that Django's storage signs": (
        "advanced-file-uploads",
        "a.py",
        "STORAGES = {'exports': {'BACKEND': 'storages.backends.s3.S3Storage', 'OPTIONS': {'querystring_auth': True}}}",
        "met",
    ),
    "addresses that everybody may use": (
        "advanced-file-uploads",
        "a.py",
        "STORAGES = {'exports': {'BACKEND': 'storages.backends.s3.S3Storage', 'OPTIONS': {'querystring_auth': False}}}",
        "partial",
    ),
    "an answer to who is not known": (
        "advanced-rbac",
        "a.js",
        (
            "app.post('/a', (req, res) => {\nif (req.user == null || !req.user.teamId) return res.sendStatus(403)\n"
            "res.json(save(req.body)) })"
        ),
        "missing",
    ),
    "an answer to who may not": (
        "advanced-rbac",
        "a.js",
        "app.post('/a', (req, res) => { if (!req.user.isAdmin) return res.sendStatus(403)\nres.json(save(req.body)) })",
        "met",
    ),
    "a handler of the status of all errors": (
        "must-02",
        "a.py",
        "@app.exception_handler(status.HTTP_500_INTERNAL_SERVER_ERROR)\ndef failed(request, error): return answer(error)",
        "met",
    ),
    "a handler of another status": (
        "must-02",
        "a.py",
        "@app.exception_handler(status.HTTP_404_NOT_FOUND)\ndef failed(request, error): return answer(error)",
        "partial",
    ),
    "a limit of rows": ("must-12", "a.py", "orders.limit(size)", "met"),
    "a limit of callers": ("must-12", "a.py", "self.rate_limiter.limit(size)", "partial"),
    "a job that runs later": ("advanced-background-jobs", "a.py", "clean.apply_async()", "partial"),
    "a value that is made later": ("advanced-background-jobs", "a.py", "configuration.delay(make)", "missing"),
    "topics over websockets": (
        "elite-pub-sub",
        "a.py",
        "from fastapi_websocket_pubsub import PubSubEndpoint\nPubSubEndpoint()",
        "met",
    ),
    "an engine for long work": (
        "elite-saga",
        "a.py",
        "from temporalio.client import Client\nClient.connect('engine:7233')",
        "partial",
    ),
    "steps that are undone": (
        "elite-saga",
        "a.py",
        "from temporalio.client import Client\nClient.connect('engine:7233')\ncompensations.append(refund)",
        "met",
    ),
    "what is paid to somebody": ("elite-saga", "a.py", "compensation(worker)", "missing"),
    "a database in a file by its address": (
        "elite-pooling",
        "a.py",
        "from sqlalchemy import create_engine\ncreate_engine('sqlite:///orders.db')",
        "not-applicable",
    ),
    "a database by an address from outside": (
        "elite-pooling",
        "a.py",
        "from sqlalchemy import create_engine\ncreate_engine(settings.url)",
        "partial",
    ),
    "a file while developing": (
        "elite-pooling",
        "a.py",
        "import psycopg2\nfrom sqlalchemy import create_engine\ncreate_engine('sqlite:///a.db')\npsycopg2.connect(url)",
        "missing",
    ),
    "a mapper of a file": (
        "elite-pooling",
        "a.js",
        "const { Sequelize } = require('sequelize')\nnew Sequelize({ dialect: 'sqlite', storage: 'a.db' })",
        "not-applicable",
    ),
    "an operation that its schema deprecates": (
        "advanced-versioning",
        "a.js",
        "app.get('/v1/a', { schema: { deprecated: true } }, ok)",
        "met",
    ),
    "an operation of its schema": (
        "advanced-versioning",
        "a.js",
        "app.get('/v1/a', { schema: { deprecated: false } }, ok)",
        "partial",
    ),
    "settings for a server to read from": (
        "elite-replicas",
        "a.js",
        f"{DRIZZLE}const schema = {{ PG_PRIMARY_HOST: text, PG_HOST: text }}",
        "met",
    ),
    "settings for one server": ("elite-replicas", "a.js", f"{DRIZZLE}const schema = {{ PG_HOST: text }}", "missing"),
    "topics of a database": ("elite-pub-sub", "a.js", "this.sql.listen(channel, tell)", "met"),
    "a server that listens": ("elite-pub-sub", "a.js", "server.listen(port, tell)", "missing"),
    "a log-in that is locked": ("must-05", "a.js", "if (await locks.isUserLocked(user)) deny()", "partial"),
    "a row that is locked": ("must-05", "a.js", "if (await rows.isLocked(row)) deny()", "missing"),
    "tokens with an end": (
        "default-jwt",
        "a.js",
        "const jwt = require('jsonwebtoken')\njwt.verify(a, b)\nissueShortLivedToken()",
        "met",
    ),
    "relations that are loaded when they are read": (
        "elite-lazy-loading",
        "a.js",
        "const { OneToMany, DataSource } = require('typeorm')\nnew DataSource({})\nOneToMany(() => Order, { lazy: true })",
        "met",
    ),
    "sockets of a gateway of the cloud": (
        "elite-websockets",
        "a.js",
        (
            "const { ApiGatewayManagementApiClient } = require('@aws-sdk/client-apigatewaymanagementapi')\n"
            "new ApiGatewayManagementApiClient({})"
        ),
        "met",
    ),
    "statistics that are kept": ("advanced-analytics", "a.js", "this.persistStatistics.execute(day)", "met"),
    "statistics of a matrix": ("advanced-analytics", "a.js", "statistics.mean(rows)", "missing"),
    "the only field is held against a schema": ("must-03", "a.js", PASSWORD % ("", ""), "met"),
    "one of two fields is": ("must-03", "a.js", PASSWORD % (", name", ", name"), "partial"),
}
HEAD = {"a.py": FASTAPI, "a.js": EXPRESS, "b.py": "", "a.ts": FASTIFY, "a.prisma": ""}


def states_of(folder: Path) -> dict[str, str]:
    """The state of each criterion."""
    config = load(folder, {"cache": False, "semgrep": False, "workers": 1, "mode": "elite"}, {}, isolated=True)
    return {one.id: str(one.state) for one in assessed(scan(config, [folder]), Mode.ELITE)}


@pytest.mark.parametrize("what", SHOWN)
def test_what_shows_it_and_what_does_not(tmp_path: Path, what: str) -> None:
    criterion, name, code, state = SHOWN[what]
    (tmp_path / name).write_text(f"{HEAD[name]}{code}\n")
    if name.endswith(".prisma"):
        (tmp_path / "a.js").write_text(EXPRESS)
    assert states_of(tmp_path)[criterion] == state


def test_typescript_below_public_is_no_page(tmp_path: Path) -> None:
    """What lies in such a folder is sent as it is, and no browser runs TypeScript."""
    below = tmp_path / "src" / "routes" / "public"
    below.mkdir(parents=True)
    (below / "a.ts").write_text(FASTIFY)
    assert states_of(tmp_path)["must-01"] == "met"
    (below / "a.ts").rename(below / "a.js")
    assert states_of(tmp_path)["must-01"] == "missing"

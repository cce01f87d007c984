// Libraries that call functions for others: with what they are given, and what comes of it.
import { exec } from "node:child_process";
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { context, trace } from "@opentelemetry/api";
import * as Sentry from "@sentry/node";
import { PrismaClient } from "@prisma/client";
import { Mutex } from "async-mutex";
import Bottleneck from "bottleneck";
import express from "express";
import knexFactory from "knex";
import _ from "lodash";
import mongoose from "mongoose";
import pLimit from "p-limit";
import pMap from "p-map";
import PQueue from "p-queue";
import pRetry from "p-retry";
import { Sequelize } from "sequelize";

const app = express();
const store = new AsyncLocalStorage();
const limit = pLimit(2);
const queue = new PQueue({ concurrency: 1 });
const mutex = new Mutex();
const limiter = new Bottleneck();
const sequelize = new Sequelize("sqlite::memory:");
const knex = knexFactory({});
const prisma = new PrismaClient();
const tracer = trace.getTracer("app");

const stored = (command) => exec(command); // $ command-injection
const left = (command) => exec(command); // $ command-injection
const scoped = (command) => exec(command); // $ command-injection
const traced = (command) => exec(command); // $ command-injection
const limited = (command) => exec(command); // $ command-injection
const scheduled = (command) => exec(command); // $ command-injection
const mapped = (command) => exec(command); // $ command-injection
const partial = (command, more) => exec(command); // $ command-injection
const second = (command, more) => exec(more); // $ command-injection
const deferred = (command) => exec(command); // $ command-injection
const delayed = (command) => exec(command); // $ command-injection
const context0 = (command) => exec(command);

app.post("/run", async (req, res) => {
  const command = req.body.command;
  store.run({}, stored, command);
  store.run(command, context0, "ls");
  store.exit(left, command);
  new AsyncResource("run").runInAsyncScope(scoped, null, command);
  context.with(context.active(), traced, undefined, command);
  await limit(limited, command);
  await limiter.schedule(scheduled, command);
  await pMap([command], mapped);
  _.partial(partial, command)("more");
  _.partial(second, "ls")(command);
  _.defer(deferred, command);
  _.delay(delayed, 10, command);
  res.end();
});

app.get("/results", async (req, res) => {
  exec(store.run({}, () => req.query.a)); // $ command-injection
  exec(await limit(() => req.query.b)); // $ command-injection
  exec(await limit(() => Number(req.query.b)));
  exec(await queue.add(async () => req.query.c)); // $ command-injection
  exec(await pRetry(() => req.query.d)); // $ command-injection
  exec(await mutex.runExclusive(() => req.query.e)); // $ command-injection
  exec(await mutex.runExclusive(() => "ls"));
  exec(await sequelize.transaction(async () => req.query.f)); // $ command-injection
  exec(await knex.transaction(async () => req.query.g)); // $ command-injection
  exec(await prisma.$transaction(async () => req.query.h)); // $ command-injection
  exec(await prisma.$transaction(async () => "ls"));
  const session = await mongoose.startSession();
  exec(await session.withTransaction(async () => req.query.i)); // $ command-injection
  exec(await tracer.startActiveSpan("x", async (span) => req.query.j)); // $ command-injection
  exec(await Sentry.startSpan({ name: "x" }, () => req.query.k)); // $ command-injection
  res.end();
});

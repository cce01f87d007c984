const express = require("express");
const { RateLimiterRedis } = require("rate-limiter-flexible");
const { Ratelimit } = require("@upstash/ratelimit");

const app = express();
const budget = new RateLimiterRedis({ points: 5, duration: 60 });
const window = new Ratelimit({ limiter: Ratelimit.slidingWindow(5, "60 s") });
const seen = new Map();

async function spend(req) {
  await budget.consume(req.ip);
}

function refused(req, res) {
  const count = (seen.get(req.ip) || 0) + 1;
  seen.set(req.ip, count);
  if (count > 5) res.status(429).end();
  return count > 5;
}

app.post("/asked", async (req, res) => {
  const { success } = await window.limit(req.ip);
  if (!success) return res.end();
  res.json({});
});
app.post("/through-a-helper", async (req, res, next) => {
  try {
    await spend(req);
  } catch (err) {
    return next(err);
  }
  res.json({});
});
app.post("/counted", (req, res) => {
  if (refused(req, res)) return;
  res.json({});
});
app.post("/free", (req, res) => {
  res.json({ used: budget.points, count: seen.get(req.ip) });
});

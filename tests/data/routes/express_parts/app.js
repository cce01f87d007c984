const express = require("express");
const app = express();
const { store } = require("./store");
async function verify(req) {
  const token = req.headers.authorization;
  if (!token) return { error: "missing token" };
  const user = await store.find(token);
  if (!user) return { error: "invalid" };
  return { user };
}
app.post("/x", async (req, res) => {
  const { user, error } = await verify(req);
  if (error) return res.status(401).json({ error });
  await store.create(req.body);
  res.json({});
});
app.post("/y", async (req, res) => {
  const result = await verify(req);
  if (result.error) { res.status(401).json(result); return; }
  await store.create(req.body);
  res.json({});
});
app.post("/z", async (req, res) => {
  await store.create(req.body);
  res.json({});
});
app.listen(3);

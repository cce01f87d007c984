// A variable says later how a test has turned out, or which way was taken.
const express = require("express");
const { exec } = require("child_process");

const app = express();
const WORDS = ["up", "down"];

app.get("/kept", (req, res) => {
  const word = req.query.word;
  const known = WORDS.includes(word) && req.query.now;
  if (!known) return res.sendStatus(400);
  exec(word);
});

app.get("/kept-too-early", (req, res) => {
  let word = req.query.word;
  const known = WORDS.includes(word);
  word = req.query.other;
  if (!known) return res.sendStatus(400);
  exec(word); // $ alert
});

app.get("/flag", (req, res) => {
  const word = req.query.word;
  let known = false;
  for (const one of WORDS) {
    if (word === one) {
      known = true;
      break;
    }
  }
  if (!known) return res.sendStatus(400);
  exec(word);
});

app.get("/unset", (req, res) => {
  const word = req.query.word;
  let error;
  if (!WORDS.includes(word)) error = "unknown";
  if (error) return res.status(400).send(error);
  exec(word);
});

app.get("/null", (req, res) => {
  const word = req.query.word;
  let error = null;
  if (!WORDS.includes(word)) {
    error = new Error("unknown");
  }
  if (error !== null) return res.sendStatus(400);
  exec(word);
});

app.get("/misread", (req, res) => {
  const word = req.query.word;
  let error;
  if (!WORDS.includes(word)) error = "unknown";
  if (error) exec(word); // $ alert
});

app.get("/set-elsewhere", (req, res) => {
  const word = req.query.word;
  let known = WORDS.includes(word);
  if (req.query.force) known = true;
  if (known) exec(word); // $ alert
});

const express = require("express");
const { exec } = require("node:child_process");

const app = express();

// what functions put into lists and objects that they are handed
function add(parts, part) {
  parts.push(part);
}
function put(row, word) {
  row.word = word;
}
const putAt = (row, key, word) => {
  row[key] = word;
};
function rebound(parts, part) {
  parts = [...parts];
  parts.push(part);
  return parts;
}

app.get("/", (req, res) => {
  const parts = ["ls"];
  exec(parts.join(" "));
  add(parts, req.query.word);
  exec(parts.join(" ")); // $ alert

  const row = { word: "w", other: "ls" };
  put(row, req.query.word);
  exec(row.word); // $ alert
  exec(row.other);

  const found = {};
  putAt(found, "word", req.query.word);
  exec(found.word); // $ alert

  const copied = ["ls"];
  rebound(copied, req.query.word);
  exec(copied.join(" "));
  res.end();
});

const express = require("express");
const { exec } = require("child_process");

const app = express();
const kept = [];

app.get("/a", (req, res) => {
  const { tags, page = 0, sort } = req.query;
  const parts = ["ls"];
  const names = {};
  const fixed = [];
  tags.forEach((tag, at) => {
    parts.push(`-I ${tag}`);
    names[`tag_${at}`] = tag;
    fixed.push("-l");
  });
  exec(parts.join(" ")); // $ alert
  exec(names.tag_0); // $ alert
  exec(fixed.join(" "));
  const add = (text) => kept.push(text);
  add(sort);
  exec(kept.join(" ")); // $ alert
  let text = "";
  tags.forEach((tag) => {
    text = "ls ";
    text += tag;
  });
  exec(text); // $ alert
  const own = [];
  tags.forEach((tag) => {
    const own = [];
    own.push(tag);
  });
  exec(own.join(" "));
});

app.get("/b", (req, res) => {
  const { a, b, c, d, last } = req.query;
  let command = "ls";
  if (a) command += " -a";
  if (b) command += " -b";
  if (c) command += " -c";
  if (a !== b) command += " " + Number(a);
  if (last) command += " " + last;
  command += " .";
  exec(command); // $ alert
});

app.get("/c", (req, res) => {
  const { a, b, c, d } = req.query;
  let command = "ls";
  if (a) command += " -a";
  if (b) command += " -b";
  if (c) command += " -c";
  if (a !== b) command += " " + Number(a);
  exec(command + " .");
});

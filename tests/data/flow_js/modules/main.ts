// Imports in every form.
import { see } from "probe";
import fs, { readFile } from "node:fs";
import * as path from "path";
import whole, { part } from "./lib/common.js";
import esDefault, { named as renamed, fromStar, again } from "./lib";
import * as ns from "./lib";
import express = require("express");

see(fs); // $ api=fs
see(readFile); // $ api=fs.readFile
see(path.join); // $ api=path.join
see(whole.part); // $ const="part"
see(part); // $ const="part"
see(esDefault); // $ const="default"
see(renamed); // $ const="named"
see(fromStar); // $ const="star"
see(again); // $ const="inner"
see(ns.named); // $ const="named"
see(require("./lib/function")("x")); // $ const="made x"
see(express.Router); // $ api=express.Router
see(require("fs/promises").readFile); // $ api=fs.readFile
const { deep } = require("./lib/common");
see(deep.er); // $ const="deeper"
async function later() {
  const mod = await import("./lib");
  see(mod.named); // $ const="named"
}
enum Color { Red = "red", Blue = "blue" }
see(Color.Red); // $ const="red"
function typed(a: number, b: string, c: express.Request) {
  see(a); // $ open type=number
  see(c); // $ open type=express.Request
}

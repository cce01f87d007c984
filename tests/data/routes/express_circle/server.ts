import express from "express";
import accounts from "./accounts";

export function serve() {
  const app = express();
  app.use("/accounts", accounts);
  return app;
}

import express, { Application } from "express";
import Controller from "./controller";
import { TeamController } from "./teams";
import { UserController } from "./users";

class Index extends Controller {
  constructor(config: unknown) {
    super(config);
    this.use("/users", new UserController(config).router);
    this.use("/teams", new TeamController(config).router);
  }
}

const isClientApi = ({ path }) => {
  return path.indexOf("/client") > -1;
};

function guard(app: Application, base: string) {
  app.use(`${base}/api`, (req, res, next) => {
    if (!req.headers.authorization) {
      if (isClientApi(req)) {
        return next();
      }
      return res.status(401).end();
    }
    next();
  });
}

export function makeApp(config: { base: string }) {
  const app = express();
  guard(app, config.base);
  app.use(`${config.base}/api`, new Index(config).router);
  app.get(`${config.base}/api/client`, (req, res) => res.json([]));
  app.get("/health", (req, res) => res.send("ok"));
  return app;
}

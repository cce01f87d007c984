import { Container } from "inversify";
import { InversifyExpressServer } from "inversify-express-utils";
import { NextFunction, Request, Response } from "express";
import { Gate, Lenient, Strict } from "./middleware";
import { TYPES } from "./types";
import "./orders";

const container = new Container();
container.bind<Gate>(TYPES.Gate).toDynamicValue((context) => {
  return new Gate(context.container.get(TYPES.Decoder));
});
container.bind<Strict>(TYPES.Strict).to(Strict);
container.bind<Lenient>(TYPES.Lenient).to(Lenient);

const server = new InversifyExpressServer(container, null, { rootPath: "/api" });
server.setConfig((app) => {
  app.use("/api/internal", (req: Request, res: Response, next: NextFunction) => {
    if (!req.headers["x-api-key"]) {
      res.status(401).end();
      return;
    }
    next();
  });
});
server.build().listen(3000);

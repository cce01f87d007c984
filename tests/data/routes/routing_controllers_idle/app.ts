import express from "express";
import { Authorized, Get, JsonController, useExpressServer } from "routing-controllers";

@Authorized()
@JsonController("/reports")
export class ReportsController {
  @Get("/")
  list() {
    return [];
  }
}

const app = express();
app.use((req, res, next) => {
  if (req.path.startsWith("/admin") && !req.headers.authorization) {
    return res.status(401).end();
  }
  next();
});
useExpressServer(app, { controllers: [ReportsController], authorizationChecker: () => true });

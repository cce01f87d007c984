import { Request, Response } from "express";
import { all, controller, httpDelete, httpGet, httpMethod, httpPost, withMiddleware } from "inversify-express-utils";
import { TYPES } from "./types";
import { auditor } from "./auditor";

@controller("/orders", TYPES.Gate)
export class Orders {
  @httpGet("/")
  list(req: Request, res: Response) {
    res.json([]);
  }

  @httpPost("/:id/pay", auditor)
  pay(req: Request, res: Response) {
    res.json({});
  }
}

@controller("/open")
export class Open {
  @httpGet("/")
  list(req: Request, res: Response) {
    res.json([]);
  }

  @httpDelete("/:id", TYPES.Strict)
  remove(req: Request, res: Response) {
    res.json({});
  }

  @httpMethod("patch", "/:id", TYPES.Lenient)
  change(req: Request, res: Response) {
    res.json({});
  }

  @withMiddleware(TYPES.Strict)
  @all("/all")
  any(req: Request, res: Response) {
    res.json({});
  }
}

class Shared {
  @httpGet("/status")
  status(req: Request, res: Response) {
    res.json({});
  }
}

@controller("/internal")
export class Internal extends Shared {}

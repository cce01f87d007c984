import { NextFunction, Request, Response } from "express";

export function keyed(req: Request, res: Response, next: NextFunction) {
  if (!req.get("x-api-key")) {
    return res.status(401).json({});
  }
  next();
}

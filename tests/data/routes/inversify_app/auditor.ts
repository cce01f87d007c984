import { NextFunction, Request, Response } from "express";

export function auditor(req: Request, res: Response, next: NextFunction) {
  console.info(req.path);
  next();
}

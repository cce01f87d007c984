import express, { NextFunction, Request, Response } from "express";
import jwt from "jsonwebtoken";
import { AppError } from "./errors";

const createVerify = (settings: { secret(): string }) => (req: Request, res: Response, next: NextFunction) => {
  const token = req.headers["authorization"];
  if (!token) {
    const error = new AppError({ message: "no credential", status: 401 });
    next(error);
    return;
  }
  jwt.verify(token, settings.secret(), (err, decoded) => {
    if (err) {
      const error = new AppError({ message: err.message, status: 401 });
      next(error);
      return;
    }
    req.user = decoded;
    next();
  });
};

const app = express();
app.get("/open", (req, res) => res.json({}));
app.use("/orders", createVerify({ secret: () => process.env.SECRET ?? "" }));
app.get("/orders/:id", (req, res) => res.json({}));
app.listen(3000);

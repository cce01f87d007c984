import express from "express";
import { exec } from "child_process";
import { made } from "container";

interface Store {
  find(name: string): void;
  size(name: string): void;
}

class Disk implements Store {
  find(name: string) {
    exec(name); // $ alert
  }
  size(name: string) {
    exec(name);
  }
}

abstract class Mail {
  abstract send(to: string): void;
}

class Smtp extends Mail {
  send(to: string) {
    exec(to); // $ alert
  }
}

class Service {
  constructor(
    private store: Store,
    private readonly mail: Mail,
  ) {}
  run(name: string, to: string) {
    this.store.find(name);
    this.store.size("all");
    this.mail.send(to);
  }
}

interface Asking extends express.Request {
  who(): string;
}

const app = express();
const service: Service = made(Service);

app.get("/a", (req: Asking, res) => {
  service.run(req.query.name as string, req.query.to as string);
  exec(req.header("x-name")); // $ alert
  exec(req.who());
});

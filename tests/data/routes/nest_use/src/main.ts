import { NestFactory } from "@nestjs/core";
import rateLimit from "express-rate-limit";
import helmet from "helmet";

import { AppModule } from "./app.module";

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.use(helmet());
  app.use("/admin", rateLimit({ limit: 1 }));
  app.use(rateLimit({ windowMs: 1000, limit: 100 }));
  await app.listen(3000);
}

bootstrap();

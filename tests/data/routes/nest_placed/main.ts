import { NestFactory } from "@nestjs/core";
import { RequestMethod, VersioningType } from "@nestjs/common";
import { AppModule } from "./app.module";

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: "1" });
  app.setGlobalPrefix("api", { exclude: ["health", { path: "feed/(.*)", method: RequestMethod.GET }] });
  await app.listen(3000);
}
bootstrap();

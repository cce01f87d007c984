import { Module } from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { CatsController, StatusController } from "./cats.controller";
import { TokenGuard } from "./guards";

@Module({
  controllers: [CatsController, StatusController],
  providers: [{ provide: APP_GUARD, useClass: TokenGuard }],
})
export class AppModule {}

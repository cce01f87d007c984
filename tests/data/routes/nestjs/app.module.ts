import { Module } from "@nestjs/common";
import { APP_GUARD } from "@nestjs/core";
import { CatsController, MembersController, StatusController } from "./cats.controller";
import { TokenGuard } from "./guards";

@Module({
  controllers: [CatsController, MembersController, StatusController],
  providers: [{ provide: APP_GUARD, useClass: TokenGuard }],
})
export class AppModule {}

import { MiddlewareConsumer, Module, NestModule, RequestMethod } from "@nestjs/common";
import { APP_GUARD, RouterModule, Routes } from "@nestjs/core";
import { DogsController, DogsModule } from "./dogs";
import { HealthController, FeedController, OrdersController, ReportsController, ProfileController } from "./controllers";
import { CheckAuth, OptInGuard } from "./guards";

@Module({ controllers: [OrdersController] })
class OldModule {}

const routes: Routes = [{ path: "animals", module: DogsModule, children: [{ path: "old", module: OldModule }] }];

const shared = {
  providers: [{ provide: APP_GUARD, useClass: OptInGuard }],
};

@Module({
  imports: [DogsModule, RouterModule.register(routes)],
  controllers: [HealthController, FeedController, ReportsController, ProfileController],
  providers: shared.providers,
})
export class AppModule implements NestModule {
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(CheckAuth).exclude("reports/public").forRoutes({ path: "reports/*", method: RequestMethod.ALL });
    consumer.apply(CheckAuth).forRoutes(DogsController);
  }
}

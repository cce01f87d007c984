from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated


class Staff:
    def get_permissions(self):
        self.permission_classes.append(IsAdminUser)
        return super().get_permissions()


class Orders(Staff, ListAPIView):
    queryset = Order.objects.all()


class Totals(ListAPIView):
    queryset = Order.objects.all()

    def get_permissions(self):
        wanted = [IsAuthenticated]
        wanted.extend([IsAdminUser])
        return [one() for one in wanted]


class News(ListAPIView):
    queryset = Order.objects.all()

    def get_permissions(self):
        wanted = []
        wanted.append(AllowAny)
        return [one() for one in wanted]

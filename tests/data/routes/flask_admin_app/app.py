from flask import Flask, abort, redirect
from flask_admin import Admin, AdminIndexView, BaseView, expose
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy(app)
admin = Admin(app, name="shop", url="/manage")


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class Invoice(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class Guarded(ModelView):
    def is_accessible(self):
        return current_user.is_authenticated and current_user.is_admin

    def inaccessible_callback(self, name, **kwargs):
        return redirect("/login")


class UserView(Guarded):
    column_list = ["id"]

    @expose("/lock/", methods=["POST"])
    def lock(self):
        return ""


class OrderView(ModelView):
    def _handle_view(self, name, **kwargs):
        if not current_user.is_authenticated:
            abort(401)


class Everybody(ModelView):
    def is_accessible(self):
        return True


class Report(BaseView):
    @expose("/")
    def index(self):
        return self.render("report.html")


admin.add_view(UserView(User, db.session))
admin.add_view(OrderView(Order, db.session, endpoint="orders"))
admin.add_views(Everybody(Invoice, db.session, url="/invoices"), Report(name="Report", endpoint="report"))
admin.add_view(ModelView(Invoice, db.session, endpoint="raw"))


class Start(AdminIndexView):
    def is_accessible(self):
        return current_user.is_authenticated

    @expose("/")
    def index(self):
        return self.render("start.html")

    @expose("/state")
    def state(self):
        return {}


other = Admin(app, url="/inside", index_view=Start(), endpoint="inside")

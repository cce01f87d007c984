import requests
from flask import Flask
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField
from flask_restful import Resource, reqparse
from wtforms.validators import AnyOf, DataRequired

app = Flask(__name__)


class Base(FlaskForm):
    title = StringField("Title", validators=[DataRequired()])


class Order(Base):
    amount = IntegerField("Amount")
    kind = SelectField("Kind", choices=[("a", "A"), ("b", "B")])
    free = SelectField("Kind", validate_choice=False)
    back = HiddenField()
    unit = StringField("Unit", validators=[AnyOf(["kg", "lb"])])
    gift = BooleanField("Gift")
    scan = FileField("Scan")


@app.post("/order")
def order():
    form = Order()
    if not form.validate_on_submit():
        return "no", 400
    requests.get(f"https://{form.title.data}", timeout=1)  # $ alert
    requests.get(f"https://{form.free.data}", timeout=1)  # $ alert
    requests.get(f"https://{form.back.data}", timeout=1)  # $ alert
    requests.get(f"https://{form.data['title']}", timeout=1)  # $ alert
    requests.get(f"https://{form.scan.data.filename}", timeout=1)  # $ alert
    requests.get(f"https://{form.amount.data}", timeout=1)
    requests.get(f"https://{form.kind.data}", timeout=1)
    requests.get(f"https://{form.unit.data}", timeout=1)
    requests.get(f"https://{form.gift.data}", timeout=1)
    requests.get(f"https://{form.data['amount']}", timeout=1)
    requests.get(f"https://{form.title.label}", timeout=1)
    return "ok"


class Orders(Resource):
    def get(self):
        parser = reqparse.RequestParser()
        parser.add_argument("shop", required=True)
        asked = parser.parse_args()
        requests.get(f"https://{asked['shop']}", timeout=1)  # $ alert
        return requests.get("https://shops.example.com/", params=asked, timeout=1).json()

import json

import pytest

from orders.models import Order, Product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("tag", "count"), [("even", 10), ("odd", 10), ("none", 0)])
def test_products_by_tag(client, tag, count):
    assert len(client.get("/products/", {"tag": tag}).json()["products"]) == count


@pytest.mark.parametrize("n", range(20))
def test_product(client, n):
    assert client.get(f"/products/p{n:02}/").json()["name"] == f"Product {n}"


def test_unknown_product(client):
    assert client.get("/products/nothing/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_methods(client, method):
    assert getattr(client, method)("/products/").status_code == 405


@pytest.mark.parametrize(("amount", "status"), [(1, 201), (10, 201), (11, 409)])
def test_order(client, customer, amount, status):
    body = json.dumps({"customer": customer.pk, "slug": "p04", "amount": amount})
    response = client.post("/orders/", body, content_type="application/json")
    assert response.status_code == status
    assert Product.objects.get(slug="p04").stock == (10 - amount if status == 201 else 10)


def test_queries(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/products/")
    assert not Order.objects.exists()

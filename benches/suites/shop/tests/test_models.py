import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from orders.models import Line, Order, OutOfStock, Product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("n", range(20))
def test_seeded_products(n):
    assert Product.objects.get(slug=f"p{n:02}").price == n + 1


@pytest.mark.parametrize("amount", [1, 5, 10])
def test_order_takes_from_stock(customer, amount):
    product = Product.objects.get(slug="p03")
    order = Order.objects.create(customer=customer)
    order.add(product, amount)
    product.refresh_from_db()
    assert (product.stock, order.total()) == (10 - amount, 4 * amount)


@pytest.mark.parametrize("amount", [11, 100])
def test_out_of_stock(customer, amount):
    order = Order.objects.create(customer=customer)
    with pytest.raises(OutOfStock, match="p03"):
        order.add(Product.objects.get(slug="p03"), amount)
    assert order.total() == 0


def test_check_constraint(customer):
    order = Order.objects.create(customer=customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.create(order=order, product=Product.objects.first(), amount=0)
    assert not order.lines.exists()


def test_sold_products_stay(customer):
    product = Product.objects.get(slug="p01")
    Order.objects.create(customer=customer).add(product, 1)
    with pytest.raises(ProtectedError):
        product.delete()


@pytest.mark.parametrize("n", range(10))
def test_every_test_starts_from_the_seed(n):
    assert Product.objects.count() == 20
    Product.objects.create(slug=f"extra-{n}", name="Extra", price=1)
    assert Product.objects.count() == 21


def test_a_worker_has_its_own_database(worker_id):
    suffix = "" if worker_id == "master" else f"_{worker_id}"
    assert connection.settings_dict["NAME"] == f"test_shop{suffix}"


@pytest.mark.xfail(raises=IntegrityError, strict=True)
def test_slugs_are_unique():
    Product.objects.create(slug="p00", name="Again", price=1)


@pytest.mark.skip(reason="nothing to deliver yet")
def test_delivery():
    raise AssertionError

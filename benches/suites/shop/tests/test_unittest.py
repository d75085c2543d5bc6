from django.contrib.auth import get_user_model
from django.test import TestCase

from orders.models import Order, Product


class Baskets(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.customer = get_user_model().objects.create_user("grace")
        cls.order = Order.objects.create(customer=cls.customer)
        for slug in ("p00", "p01", "p02"):
            cls.order.add(Product.objects.get(slug=slug), 2)

    def test_total(self):
        self.assertEqual(self.order.total(), 12)

    def test_each_line(self):
        for line in self.order.lines.all():
            with self.subTest(line=line.product.slug):
                self.assertEqual(line.amount, 2)

    def test_deleting_the_customer(self):
        self.customer.delete()
        self.assertFalse(Order.objects.exists())

    def test_the_customer_is_back(self):
        self.assertEqual(Order.objects.count(), 1)

    def test_queries(self):
        with self.assertNumQueries(1):
            self.order.total()

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Sum


class OutOfStock(Exception):
    pass


class Product(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)
    tags = models.JSONField(default=list)

    class Meta:
        ordering = ["slug"]


class Order(models.Model):
    customer = models.ForeignKey(get_user_model(), on_delete=models.CASCADE)
    placed = models.DateTimeField(auto_now_add=True)

    def total(self):
        return self.lines.aggregate(total=Sum(F("amount") * F("product__price")))["total"] or 0

    def add(self, product, amount):
        taken = Product.objects.filter(pk=product.pk, stock__gte=amount).update(stock=F("stock") - amount)
        if not taken:
            raise OutOfStock(product.slug)
        return self.lines.create(product=product, amount=amount)


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    amount = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="some_of_it")]

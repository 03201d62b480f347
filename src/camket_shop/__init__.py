"""Quầy, a sales app for small shops: photograph a product, sell it, print the receipt. A guest of camket."""

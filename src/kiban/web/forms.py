from django.forms.renderers import DjangoTemplates


class KibanRenderer(DjangoTemplates):
    pass

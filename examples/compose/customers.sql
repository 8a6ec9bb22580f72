create table customers as
select i as customer_id, 'person' || i || '@example.com' as email, i % 900 as lifetime_value
from generate_series(0, 2999) as i;

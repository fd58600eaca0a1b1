import t from 'tap'
import { metricsOf } from './metrics.ts'

t.test('names, labels, values; comments and nonsense are left out', async (t) => {
  t.same(metricsOf('# TYPE a gauge\na 3\nb_total{method="GET",status="2xx"} 1.5e3\n\nnot a line at all\nc NaN\n'), [
    { name: 'a', labels: '', value: 3 },
    { name: 'b_total', labels: 'method=GET,status=2xx', value: 1500 },
  ])
})

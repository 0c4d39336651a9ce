// SPDX-License-Identifier: GPL-2.0
/* negotiate: what a client of HTTP wants, from headers that may be anything. */
#include "unit.h"

#include "../../user/sinks/negotiate.h"

#define PROTOBUF       \
	"application/" \
	"vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

static void formats(void **state)
{
	static const struct {
		const char *accept;
		enum exposition_format format;
	} cases[] = {
		{ NULL, EXPOSITION_PROMETHEUS },
		{ "", EXPOSITION_PROMETHEUS },
		{ "*/*", EXPOSITION_PROMETHEUS },
		{ "text/html,application/xhtml+xml,*/*;q=0.8", EXPOSITION_PROMETHEUS },
		/* Prometheus 2.42 and 2.53, 3.x */
		{ "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
		  "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
		  "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
		  EXPOSITION_OPENMETRICS },
		/* 2.5 to 2.4x */
		{ "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,"
		  "*/*;q=0.1",
		  EXPOSITION_OPENMETRICS },
		/* with native histograms: 2.42; 3.x */
		{ PROTOBUF ",application/openmetrics-text;version=1.0.0;q=0.8,application/"
			   "openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
			   "*/*;q=0.1",
		  EXPOSITION_PROTOBUF },
		{ PROTOBUF ";q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;"
			   "q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
		  EXPOSITION_PROTOBUF },
		{ "application/vnd.google.protobuf ; encoding=\"delimited\" ; "
		  "proto=\"io.prometheus.client.MetricFamily\"",
		  EXPOSITION_PROTOBUF },
		{ "text/plain,application/openmetrics-text," PROTOBUF, EXPOSITION_PROTOBUF },
		{ "application/openmetrics-text," PROTOBUF ";q=0.9", EXPOSITION_OPENMETRICS },
		{ "text/plain," PROTOBUF ";q=0.9", EXPOSITION_PROMETHEUS },
		{ "*/*," PROTOBUF ";q=0.1", EXPOSITION_PROMETHEUS },
		{ "text/*;q=0.9,application/openmetrics-text;q=0.1", EXPOSITION_PROMETHEUS },
		{ PROTOBUF ";q=0", EXPOSITION_PROMETHEUS },
		{ PROTOBUF ";q=0,application/openmetrics-text;q=0.1", EXPOSITION_OPENMETRICS },
		/* other messages, and other ways to write this one */
		{ "application/vnd.google.protobuf", EXPOSITION_PROMETHEUS },
		{ "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily",
		  EXPOSITION_PROMETHEUS },
		{ "application/vnd.google.protobuf;encoding=delimited", EXPOSITION_PROMETHEUS },
		{ "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
		  "encoding=text,application/openmetrics-text;q=0.1",
		  EXPOSITION_OPENMETRICS },
		{ "application/vnd.google.protobuf;proto=io.prometheus.write.v2.Request;"
		  "encoding=delimited",
		  EXPOSITION_PROMETHEUS },
		{ "application/protobuf;proto=io.prometheus.client.MetricFamily;"
		  "encoding=delimited",
		  EXPOSITION_PROMETHEUS },
		{ "text/plain,application/openmetrics-text;q=0.9", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=0", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=0.000", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=0.001", EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-text;q=2", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=-1", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=nan", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;version=2.0.0", EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text ; version=\"1.0.0\" ; q=1",
		  EXPOSITION_OPENMETRICS },
		{ "APPLICATION/OpenMetrics-Text", EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-texts", EXPOSITION_PROMETHEUS },
		{ ",, ;q=1,;;;=,application/openmetrics-text", EXPOSITION_OPENMETRICS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(negotiate_format(cases[i].accept), cases[i].format);
}

static void encodings(void **state)
{
	static const char *const taken[] = { "gzip", "deflate, gzip", "GZIP;q=0.5",
					     "br , gzip ; q=1" };
	static const char *const refused[] = { "",	     "identity",      "gzip;q=0",
					       "gzip;q=0.0", "*;q=0, x-gzip", "gzipx",
					       "gzip;q=,",   "deflate" };

	(void)state;
	assert_false(negotiate_gzip(NULL));
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		assert_true(negotiate_gzip(taken[i]));
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_false(negotiate_gzip(refused[i]));
}

/* Whatever it is, it is read to its end and no further. */
static void garbage(void **state)
{
	static const char pieces[] =
		",;= \tq01.\"application/openmetrics-text;version=1.0.0gzip\xff\x01" PROTOBUF;
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t len = (size_t)rand_r(&seed) % 40;
		char *text = malloc(len + 1);

		assert_non_null(text);
		for (size_t i = 0; i < len; i++)
			text[i] = pieces[(size_t)rand_r(&seed) % (sizeof(pieces) - 1)];
		text[len] = '\0';
		negotiate_format(text);
		negotiate_gzip(text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats),
		cmocka_unit_test(encodings),
		cmocka_unit_test(garbage),
	};

	return cmocka_run_group_tests_name("negotiate", tests, NULL, NULL);
}

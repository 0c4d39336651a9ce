/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options_parse: the values of options. Each parser says in one line what is wrong with a value; which option it is, its
 * field, words and limits are the table's (option_spec.h).
 */
#ifndef KVMTOP_OPTIONS_OPTIONS_PARSE_H
#define KVMTOP_OPTIONS_OPTIONS_PARSE_H

struct option_parse;

/* Without a value. */
int parse_flag(struct option_parse *parse, const char *arg);
int parse_more(struct option_parse *parse, const char *arg); /* counts */

/* Into the field, whatever its size. */
int parse_word(struct option_parse *parse, const char *arg);
int parse_number(struct option_parse *parse, const char *arg);
int parse_mib(struct option_parse *parse, const char *arg); /* into bytes */
int parse_mib_or_none(struct option_parse *parse, const char *arg);
int parse_text(struct option_parse *parse, const char *arg); /* not empty */
int parse_interval(struct option_parse *parse, const char *arg);
int parse_duration(struct option_parse *parse, const char *arg);
int parse_when(struct option_parse *parse, const char *arg);
int parse_listen(struct option_parse *parse, const char *arg);

/* Lists of numbers, added to those before. */
int parse_pids(struct option_parse *parse, const char *arg);
int parse_vcpus(struct option_parse *parse, const char *arg);

/* With rules of their own. */
int parse_sort(struct option_parse *parse, const char *arg);
int parse_hist(struct option_parse *parse, const char *arg);
int parse_fields(struct option_parse *parse, const char *arg);
int parse_detail(struct option_parse *parse, const char *arg);

#endif

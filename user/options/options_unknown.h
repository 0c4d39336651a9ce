/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options_unknown: says in one line what is wrong with a word that getopt refuses: no such option, more than one, or its
 * value is missing.
 */
#ifndef KVMTOP_OPTIONS_OPTIONS_UNKNOWN_H
#define KVMTOP_OPTIONS_OPTIONS_UNKNOWN_H

/*
 * @next: the number of the word in @argv (of @argc) at which getopt stopped. What is wrong is the one before it, or in
 * letters that belong together, it.
 */
void options_unknown(int argc, char *const *argv, int next);

#endif

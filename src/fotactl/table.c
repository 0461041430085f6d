/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tables that fit the terminal.
 *
 * Owns copies of the cells. Columns are as wide as their widest cell; when all together are too
 * wide, those that can be spared are left out, and the others give way in the order of their ranks,
 * each down to its least width. Into a pipe nothing is cut. */

#include "fotactl/output.h"

#include <assert.h>

#include "base/text.h"

#define COLUMN_GAP 1

void table_add(Table *table, const char *text, Style style) {
        assert(table->n_columns > 0);
        if (table->failed)
                return;
        if (table->n_cells == table->room) {
                size_t room = table->room > 0 ? 2 * table->room : 64;
                char **cells = reallocarray(table->cells, room, sizeof(*cells));
                Style *styles;

                table->cells = cells ? cells : table->cells;
                styles = reallocarray(table->styles, room, sizeof(*styles));
                table->styles = styles ? styles : table->styles;
                table->failed = !cells || !styles;
                if (table->failed)
                        return;
                table->room = room;
        }
        table->cells[table->n_cells] = strdup(text);
        table->failed = !table->cells[table->n_cells];
        if (table->failed)
                return;
        table->styles[table->n_cells++] = style;
        table->n_rows = table->n_cells / table->n_columns;
}

static void widths_measure(const Table *table, bool legend,
                           size_t widths[static TABLE_COLUMNS_MAX]) {
        for (size_t column = 0; column < table->n_columns; column++)
                widths[column] = legend ? text_width(table->columns[column].title) : 1;
        for (size_t cell = 0; cell < table->n_cells; cell++) {
                size_t column = cell % table->n_columns;

                widths[column] = MAX_OF(widths[column], text_width(table->cells[cell]));
        }
}

/* The widest column of that rank with room above its least width; TABLE_COLUMNS_MAX: none. */
static size_t column_to_shrink(const Table *table, const size_t widths[static TABLE_COLUMNS_MAX],
                               unsigned rank) {
        size_t found = TABLE_COLUMNS_MAX;

        for (size_t column = 0; column < table->n_columns; column++)
                if (table->columns[column].rank == rank &&
                    widths[column] > table->columns[column].min &&
                    (found == TABLE_COLUMNS_MAX || widths[column] > widths[found]))
                        found = column;
        return found;
}

static void widths_fit(const Table *table, size_t widths[static TABLE_COLUMNS_MAX]) {
        size_t limit = output_width(), total = (table->n_columns - 1) * COLUMN_GAP;
        unsigned rank = 1;

        for (size_t column = 0; column < table->n_columns; column++)
                total += widths[column];
        for (size_t column = 0; limit > 0 && column < table->n_columns; column++)
                if (table->columns[column].spare && total > limit) {
                        total -= widths[column] + COLUMN_GAP;
                        widths[column] = 0;
                }
        while (limit > 0 && total > limit && rank <= TABLE_COLUMNS_MAX) {
                size_t column = column_to_shrink(table, widths, rank);

                if (column == TABLE_COLUMNS_MAX) {
                        rank++;
                        continue;
                }
                widths[column]--;
                total--;
        }
}

/* One more than the last column with anything in it: behind it no spaces are printed. */
static size_t row_columns(const Table *table, size_t row) {
        size_t n = table->n_columns;

        while (n > 0 && !table->cells[row * table->n_columns + n - 1][0])
                n--;
        return n;
}

static void print_row(const Table *table, size_t row,
                      const size_t widths[static TABLE_COLUMNS_MAX]) {
        size_t n = row_columns(table, row);

        for (size_t column = 0; column < n; column++) {
                const char *text = table->cells[row * table->n_columns + column];
                Style style = table->styles[row * table->n_columns + column];
                size_t width = widths[column], length = MIN_OF(text_width(text), width);

                if (width == 0)
                        continue;
                if (column > 0)
                        (void) printf("%*s", COLUMN_GAP, "");
                if (table->columns[column].right)
                        (void) printf("%*s", (int) (width - length), "");
                if (table->columns[column].right || column + 1 == n)
                        width = length;
                print_cell(text, width, table->columns[column].tail, style);
        }
        (void) putchar('\n');
}

static void print_header(const Table *table, const size_t widths[static TABLE_COLUMNS_MAX]) {
        (void) fputs(style_begin(STYLE_BOLD), stdout);
        for (size_t column = 0; column < table->n_columns; column++) {
                bool last = column + 1 == table->n_columns, right = table->columns[column].right;
                int width = (int) widths[column];

                if (width == 0)
                        continue;
                (void) printf("%*s%s", right || !last ? (right ? width : -width) : 0,
                              table->columns[column].title, last ? "" : " ");
        }
        (void) printf("%s\n", style_end(STYLE_BOLD));
}

void table_print(Table *table, bool legend) {
        size_t widths[TABLE_COLUMNS_MAX] = {};

        assert(table->n_columns > 0 && table->n_columns <= TABLE_COLUMNS_MAX);
        if (table->failed) {
                complain("out of memory");
                return;
        }
        widths_measure(table, legend, widths);
        widths_fit(table, widths);
        if (legend)
                print_header(table, widths);
        for (size_t row = 0; row < table->n_rows; row++)
                print_row(table, row, widths);
}

void table_done(Table *table) {
        for (size_t i = 0; i < table->n_cells; i++)
                free(table->cells[i]);
        free(table->cells);
        free(table->styles);
        *table = (Table) {};
}

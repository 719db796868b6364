-- The indexes of search are named after what they hold. Renaming moves no row.
DROP TABLE word_counts;
ALTER TABLE found RENAME TO note_trigrams;
ALTER TABLE words RENAME TO note_stems;
ALTER TABLE grams RENAME TO block_letters;
ALTER TABLE block_letters RENAME COLUMN gram TO letters;
CREATE VIRTUAL TABLE stem_counts USING fts5vocab (note_stems, 'row');

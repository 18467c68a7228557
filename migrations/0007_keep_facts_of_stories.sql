-- What the page or the feed says of a story beside its text.

ALTER TABLE stories
    -- The address of the picture that stands for it. Never fetched.
    ADD COLUMN image_url  text,
    -- The part of the publisher's site that it stands in
    ADD COLUMN section    text,
    -- When the publisher says that it was last changed
    ADD COLUMN updated_at timestamptz;

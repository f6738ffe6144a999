// Opens nothing: what all others are compared with.

export const handler = async () => [];

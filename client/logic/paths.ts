/** Where a room is; with its people beside it when `withMembers`. */
export const roomPath = (roomId: string, withMembers = false) =>
  `/r/${encodeURIComponent(roomId)}${withMembers ? "/members" : ""}`;

/** The browser build that the socket.io package brings along is socket.io-client. */
export { io } from "socket.io-client";
